import { ConfigError, environment } from './config/environment.ts';
import { type Config, loadConfig } from './config.ts';
import { isDatabaseTrouble } from './database/failures.ts';
import { listeningProblems } from './http/listening.ts';
import { createSmtpMailer, senderOf } from './modules/notifications/smtp.gateway.ts';
import { FINISH_WITHIN_MS, PRODUCTION_GRACE_MS } from './process-limits.ts';
import { followSecrets, type LiveSecrets } from './secrets/live-secrets.ts';
import { liveServices } from './secrets/live-services.ts';
import { liveKeyring } from './secrets/shop-keyring.ts';
import { secretSources } from './secrets/sources.ts';
import { type Role, roles, type Services, type Shop, startShop } from './shop.ts';
import { dropStartGarbage } from './start-garbage.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { commit, version } from './telemetry/version.ts';

const USAGE = 'Usage: npm start | npm run web | npm run worker';

class UsageError extends Error {}

try {
  const sources = secretSources(environment());
  const fetched = await sources.fetch();
  const config = loadConfig(environment(), fetched);
  await assertListens(config);
  await main({ sources, fetched, config }, roleOf(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

/** The configuration, and what it was made of. */
type Beginning = Pick<Parameters<typeof followSecrets>[0], 'sources' | 'fetched' | 'config'>;

/** The process: local services where no real ones are given, the shop, and a stop that loses nothing. */
async function main(from: Beginning, role: Role): Promise<void> {
  const { config } = from;
  const tracing = await traceFrom(config, role);
  const logger = createLogger(config.logLevel);
  outliveLostJobEnds(logger);
  // Heard from the beginning: a signal that comes during the start is obeyed once everything stands.
  stopOnSignal(config, logger, async () => ({ ...(await started), tracing }));
  const live = followSecrets({ ...from, env: environment(), load: loadConfig, logger });
  const started = start(live, logger, role);
  await started;
}

/** All of the shop where nothing is asked. @throws UsageError for an argument that is no role. */
function roleOf([name = 'all', ...rest]: readonly string[]): Role {
  const role = roles.find((candidate) => candidate === name);
  if (role === undefined || rest.length > 0) throw new UsageError(USAGE);
  return role;
}

/** Before anything is begun, such as a migration. @throws ConfigError where this process cannot listen as it is to. */
async function assertListens({ host, port, metrics }: Config): Promise<void> {
  const problems = await listeningProblems([
    { host, port, variable: 'PORT' },
    ...(metrics.port === null
      ? []
      : [{ host, port: metrics.port, variable: 'METRICS_PORT' as const }]),
  ]);
  if (problems.length > 0) throw new ConfigError(problems);
}

/**
 * graphile-worker 0.18 notes the end of a job by a promise that nobody listens to. Where the database is away at that
 * moment its rejection must not end the process: the job's lease runs out, and it is run again.
 */
function outliveLostJobEnds(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isDatabaseTrouble(error)) throw error;
    logger.error({ err: error }, 'the end of a job could not be noted');
  });
}

interface Started {
  readonly shop: Shop;
  readonly local: { stop(): Promise<void> } | null;
  readonly live: LiveSecrets;
}

/** Tracing is loaded only where a collector is named, before anything that it follows is used. */
async function traceFrom({ tracing: { endpoint, ratio } }: Config, role: Role) {
  if (endpoint === null) return null;
  const { startTracing } = await import('./telemetry/tracing.ts');
  return startTracing({ endpoint, ratio, role });
}

async function start(live: LiveSecrets, logger: Logger, role: Role): Promise<Started> {
  const config = live.now();
  const local = await localServices(live);
  const services = local?.services ?? productionServices(live);
  const shop = await startShop(config, services, logger, role).catch(async (error: unknown) => {
    await local?.stop();
    throw error;
  });
  if (role !== 'worker') process.stdout.write(local?.welcome ?? '');
  logger.info(
    { url: shop.url, publicUrl: config.publicUrl, role, version, commit },
    role === 'worker' ? 'worker runs' : 'shop is open',
  );
  return { shop, local, live };
}

/** Stops what was started at the first SIGINT or SIGTERM and ends the process; a second one ends it at once. */
function stopOnSignal(
  config: Config,
  logger: Logger,
  started: () => Promise<Started & { tracing: { stop(): Promise<void> } | null }>,
): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('not finished in time; stopping hard');
      process.exit(1);
    }, FINISH_WITHIN_MS + graceOf(config)).unref();
    const { shop, local, live, tracing } = await started();
    await live.stop();
    await shop.stop(graceOf(config));
    await local?.stop();
    // What ended last is sent too; a collector that does not answer holds nobody up.
    await tracing?.stop().catch((error) => logger.warn({ err: error }, 'last traces not sent'));
    logger.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      stop(signal).catch((error) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      });
    });
}

/** How long readiness says 503 before connections are refused: outside production nobody turns away. */
function graceOf(config: Config): number {
  return config.environment === 'production' ? PRODUCTION_GRACE_MS : 200;
}

/** Development tools are only loaded outside production, and only the ones that are needed. */
async function localServices(live: LiveSecrets) {
  if (live.now().environment === 'production') return null;
  const { startLocalServices } = await import('./dev/local-services.ts');
  return startLocalServices(live);
}

function productionServices(live: LiveSecrets): Services {
  const { database, jwt, stripe, smtpUrl, admin, publicUrl } = live.now();
  // loadConfig has refused a production without these.
  if (!database.url || jwt.secrets.length === 0 || !stripe.secretKey || !smtpUrl)
    throw new ConfigError(['the production configuration is incomplete']);
  const reached = liveServices(live, senderOf(publicUrl));
  return {
    ...reached,
    keyring: liveKeyring(live),
    mailer: createSmtpMailer(reached.smtp),
    admin,
    onBuilt: dropStartGarbage,
  };
}

/** What people need to read of a failed start: the message, and the cause where it is not one of ours. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof UsageError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'EmbeddedPostgresError') return error.message;
  return `Mainstay could not start: ${error.stack ?? error.message}`;
}
