import { connect } from 'node:net';
import type { Config } from '../config.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const WITHIN_MS = 3000;

/** Whether the services that the configuration names can be reached from here. Nothing is sent to them but a greeting. */
export function checkServices(config: Config): Promise<Finding>[] {
  const { redisUrl, eventBroker, smtpUrl, tracing, stripe } = config;
  const checks: Promise<Finding>[] = [];
  if (redisUrl !== null)
    checks.push(
      port('REDIS_URL', placeOf(redisUrl, 6379), 'limits and answers are per process', warning),
    );
  for (const server of eventBroker?.servers ?? [])
    checks.push(port('EVENT_BROKER_URL', server, 'events wait until it is reached', warning));
  if (smtpUrl !== null)
    checks.push(
      port(
        'SMTP_URL',
        placeOf(smtpUrl, smtpUrl.startsWith('smtps:') ? 465 : 587),
        'mails wait',
        fault,
      ),
    );
  if (tracing.endpoint !== null)
    checks.push(
      http(
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        `${tracing.endpoint}/v1/traces`,
        'traces are lost',
        warning,
      ),
    );
  if (stripe.secretKey !== null)
    checks.push(
      http('Stripe', stripe.apiBase ?? 'https://api.stripe.com', 'nobody can pay', fault),
    );
  return checks;
}

type Judge = typeof fault;

function placeOf(url: string, usual: number): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || usual}`;
}

async function port(
  about: string,
  place: string,
  meanwhile: string,
  judge: Judge,
): Promise<Finding> {
  const [, host = '', number = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(place) ?? [];
  const socket = connect({ host, port: Number(number), timeout: WITHIN_MS });
  const failure = await new Promise<string | null>((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('timeout', () => resolve(`no answer within ${WITHIN_MS} ms`));
    socket.once('error', (error) => resolve(messageOf(error)));
  });
  socket.destroy();
  if (failure === null) return ok(about, `${place} is reached`);
  return judge(
    about,
    `${place} is not reached: ${failure}`,
    `start it, or mend the address; ${meanwhile}`,
  );
}

/** Any answer will do: what is asked without a key is refused. */
async function http(about: string, url: string, meanwhile: string, judge: Judge): Promise<Finding> {
  const { host } = new URL(url);
  try {
    await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) });
    return ok(about, `${host} is reached`);
  } catch (error) {
    const why = messageOf(error instanceof Error && error.cause ? error.cause : error);
    return judge(
      about,
      `${host} is not reached: ${why}`,
      `let it through, or mend the address; ${meanwhile}`,
    );
  }
}
