import { ConfigError, type Environment, type Fetched } from '../config/environment.ts';
import type { Config, loadConfig } from '../config.ts';
import { repeat } from '../shared/repeat.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { SecretSources } from './sources.ts';

/** What a running process takes up; everything else waits for a restart. */
const TAKEN_UP = {
  JWT_SECRET: (config: Config) => config.jwt.secrets,
  DATABASE_URL: (config: Config) => config.database.url,
  DATABASE_DIRECT_URL: (config: Config) => config.database.directUrl,
  DATABASE_REPLICA_URLS: (config: Config) => config.database.replicaUrls,
  STRIPE_SECRET_KEY: (config: Config) => config.stripe.secretKey,
  STRIPE_WEBHOOK_SECRET: (config: Config) => config.stripe.webhookSecrets,
  SMTP_URL: (config: Config) => config.smtpUrl,
  EVENT_BROKER_URL: (config: Config) => config.eventBroker,
};

export interface LiveSecrets {
  /** The configuration with the secrets of this moment. */
  now(): Config;
  /** Reads the sources, now; used where something says that a secret is out of date. */
  refresh(): Promise<void>;
  /** Called after secrets have changed. */
  onChange(listener: (config: Config) => void): void;
  stop(): Promise<void>;
}

/**
 * Follows the secrets of a process in their files and managers. What comes is checked as at the start; what is
 * malformed or cannot be read changes nothing and is told in the log by its name, never by its value.
 */
export function followSecrets(first: {
  env: Environment;
  sources: SecretSources;
  /** What `config` was made of. */
  fetched: Fetched;
  config: Config;
  load: typeof loadConfig;
  logger: Logger;
}): LiveSecrets {
  const { env, sources, load, logger } = first;
  let { config } = first;
  let values = first.fetched.values;
  const listeners: ((config: Config) => void)[] = [];

  async function round(): Promise<void> {
    const fetched = await sources.fetch();
    // What could not be read is as it was.
    values = new Map([...values, ...fetched.values]);
    tell(fetched.problems);
    try {
      take(load(env, { values, problems: [] }));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      tell(error.problems);
    }
  }

  function tell(problems: readonly string[]): void {
    if (problems.length > 0)
      logger.warn({ problems }, 'secrets were not refreshed; those in use stay');
  }

  function take(next: Config): void {
    const changed = Object.entries(TAKEN_UP)
      .filter(([, of]) => JSON.stringify(of(next)) !== JSON.stringify(of(config)))
      .map(([name]) => name);
    if (changed.length === 0) return;
    config = next;
    for (const listener of listeners) listener(config);
    logger.info({ changed }, 'secrets refreshed');
  }

  let underWay: Promise<void> | null = null;
  const refresh = (): Promise<void> => {
    underWay ??= round().finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const warn = (error: unknown) => logger.warn({ err: error }, 'secrets were not refreshed');
  const rounds = sources.mayChange
    ? repeat(config.secretsRefreshSeconds * 1000, refresh, warn)
    : null;
  return {
    now: () => config,
    refresh: () => refresh().catch(warn),
    onChange: (listener) => void listeners.push(listener),
    stop: async () => rounds?.stop(),
  };
}
