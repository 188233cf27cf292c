import { ConfigError, environment } from './config/environment.ts';
import { type Config, loadConfig } from './config.ts';
import { isDatabaseTrouble } from './database/failures.ts';
import { createSmtpMailer, senderOf } from './modules/notifications/smtp.gateway.ts';
import { shopKeyring } from './secrets/shop-keyring.ts';
import { type Role, roles, type Services, type Shop, startShop } from './shop.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';

const FINISH_WITHIN_MS = 20_000;
const USAGE = 'Usage: npm start | npm run web | npm run worker';

class UsageError extends Error {}

try {
  await main(loadConfig(environment()), roleOf(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

/** The process: local services where no real ones are given, the shop, and a stop that loses nothing. */
async function main(config: Config, role: Role): Promise<void> {
  const tracing = await traceFrom(config, role);
  const logger = createLogger(config.logLevel);
  outliveLostJobEnds(logger);
  // Heard from the beginning: a signal that comes during the start is obeyed once everything stands.
  stopOnSignal(config, logger, async () => ({ ...(await started), tracing }));
  const started = start(config, logger, role);
  await started;
}

/** All of the shop where nothing is asked. @throws UsageError for an argument that is no role. */
function roleOf([name = 'all', ...rest]: readonly string[]): Role {
  const role = roles.find((candidate) => candidate === name);
  if (role === undefined || rest.length > 0) throw new UsageError(USAGE);
  return role;
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
}

/** Tracing is loaded only where a collector is named, before anything that it follows is used. */
async function traceFrom({ tracing: { endpoint, ratio } }: Config, role: Role) {
  if (endpoint === null) return null;
  const { startTracing } = await import('./telemetry/tracing.ts');
  return startTracing({ endpoint, ratio, role });
}

async function start(config: Config, logger: Logger, role: Role): Promise<Started> {
  const local = await localServices(config);
  const services = local?.services ?? productionServices(config);
  const shop = await startShop(config, services, logger, role).catch(async (error: unknown) => {
    await local?.stop();
    throw error;
  });
  if (role !== 'worker') process.stdout.write(local?.welcome ?? '');
  logger.info(
    { url: shop.url, publicUrl: config.publicUrl, role },
    role === 'worker' ? 'worker runs' : 'shop is open',
  );
  return { shop, local };
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
    const { shop, local, tracing } = await started();
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

/** How long readiness says 503 before connections are refused: a load balancer needs a few probes to turn away. */
function graceOf(config: Config): number {
  return config.environment === 'production' ? 5_000 : 200;
}

/** Development tools are only loaded outside production, and only the ones that are needed. */
async function localServices(config: Config) {
  if (config.environment === 'production') return null;
  const { startLocalServices } = await import('./dev/local-services.ts');
  return startLocalServices(config);
}

function productionServices(config: Config): Services {
  const { database, jwt, stripe, smtpUrl, admin } = config;
  // loadConfig has refused a production without these.
  if (!database.url || jwt.secrets.length === 0 || !stripe.secretKey || !smtpUrl)
    throw new ConfigError(['the production configuration is incomplete']);
  return {
    databaseUrl: database.url,
    keyring: shopKeyring(jwt.secrets, config),
    stripe: { secretKey: stripe.secretKey, apiBase: stripe.apiBase },
    mailer: createSmtpMailer({ url: smtpUrl, from: senderOf(config.publicUrl) }),
    admin,
  };
}

/** What people need to read of a failed start: the message, and the cause where it is not one of ours. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof UsageError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'EmbeddedPostgresError') return error.message;
  return `Mainstay could not start: ${error.stack ?? error.message}`;
}
