import { ShopError } from '../../shared/errors.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { App } from '../app-type.ts';

/** How late the event loop may be, smoothed, before requests are turned away, in milliseconds. */
const MAX_DELAY_MS = 1000;
/** How long work may have waited for a connection of the pool; half of what it waits at most. */
const MAX_POOL_WAIT_MS = 2500;
const SAMPLE_MS = 200;

/**
 * Turns requests away with 503 while the process cannot keep up, so that those under way are finished: when the event
 * loop runs late, or when work waits so long for a connection that newcomers would wait in vain. Probes, scrapes and
 * Stripe's webhooks are always let in; files need no connection.
 */
export function shedLoad(
  app: App,
  { metrics, poolWaitMs }: { metrics: Pick<Metrics, 'shed'>; poolWaitMs: () => number },
): void {
  let delay = 0;
  let expected = performance.now() + SAMPLE_MS;
  const sampling = setInterval(() => {
    const now = performance.now();
    // Half of it is what was before: one long pause alone turns few away, and trouble that lasts turns all away.
    delay = (delay + Math.max(0, now - expected)) / 2;
    expected = now + SAMPLE_MS;
  }, SAMPLE_MS);
  sampling.unref();
  app.addHook('onClose', async () => clearInterval(sampling));

  for (const reason of ['event_loop', 'pool']) metrics.shed.inc({ reason }, 0);
  app.addHook('onRequest', (request, _reply, done) => {
    const { routeClass = 'page' } = request.routeOptions.config;
    if (routeClass === null || routeClass === 'webhook') return done();
    if (delay > MAX_DELAY_MS) return done(turnedAway('event_loop'));
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
