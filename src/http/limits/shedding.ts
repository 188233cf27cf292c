import { ShopError } from '../../shared/errors.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { App } from '../app-type.ts';

/** How late the event loop may be, in milliseconds; and how often in a row, as one long pause is over when it is seen. */
const MAX_DELAY_MS = 1000;
const TIMES = 3;
/** How long work may have waited for a connection of the pool; half of what it waits at most. */
const MAX_POOL_WAIT_MS = 2500;
const SAMPLE_MS = 200;

/**
 * Turns requests away with 503 while the process cannot keep up, so that those under way are finished: when the event
 * loop runs late again and again, or when work waits so long for a connection that newcomers would wait in vain.
 * Probes, scrapes and Stripe's webhooks are always let in; files need no connection.
 */
export function shedLoad(
  app: App,
  { metrics, poolWaitMs }: { metrics: Pick<Metrics, 'shed'>; poolWaitMs: () => number },
): void {
  let late = 0;
  let expected = performance.now() + SAMPLE_MS;
  const sampling = setInterval(() => {
    const now = performance.now();
    late = now - expected > MAX_DELAY_MS ? late + 1 : 0;
    expected = now + SAMPLE_MS;
  }, SAMPLE_MS);
  sampling.unref();
  app.addHook('onClose', async () => clearInterval(sampling));

  for (const reason of ['event_loop', 'pool']) metrics.shed.inc({ reason }, 0);
  app.addHook('onRequest', (request, _reply, done) => {
    const { routeClass = 'page' } = request.routeOptions.config;
    if (routeClass === null || routeClass === 'webhook') return done();
    if (late >= TIMES) return done(turnedAway('event_loop'));
    if (routeClass !== 'asset' && poolWaitMs() > MAX_POOL_WAIT_MS) return done(turnedAway('pool'));
    done();
  });

  function turnedAway(reason: string): ShopError {
    metrics.shed.inc({ reason });
    return new ShopError('service_unavailable', 'The shop is busy. Try again in a moment.', {
      retryAfterSeconds: 2,
    });
  }
}
