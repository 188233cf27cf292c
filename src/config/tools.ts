import { resolve } from 'node:path';
import { ConfigError, type Environment, type Fetched } from './environment.ts';
import { isProduction, reader } from './reader.ts';
import { DEVELOPMENT_WEBHOOK_SECRET } from './stripe.ts';

export interface StandInConfig {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly dataDir: string;
  readonly webhookUrl: string | null;
  readonly webhookSecret: string;
}

/** What the commands beside the shop (migrate, audit) need of it. */
export interface ToolConfig {
  /** null: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

/** What a command needs that asks Stripe. */
export interface StripeToolConfig {
  readonly secretKey: string;
  /** null: Stripe itself. */
  readonly apiBase: string | null;
}

/**
 * Reads the configuration of the Stripe stand-in when it runs alone.
 * @throws ConfigError listing every malformed variable.
 */
export function loadStandInConfig(env: Environment, fetched?: Fetched): StandInConfig {
  const problems: string[] = [];
  const read = reader(env, problems, fetched);
  if (isProduction(env, fetched))
    problems.push('NODE_ENV is production: the Stripe stand-in is a development tool');
  const config: StandInConfig = {
    port: read.integer('STRIPE_STANDIN_PORT', 5005, 0, 65535),
    host: read.text('HOST') ?? '127.0.0.1',
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
    webhookUrl:
      read.url('STRIPE_STANDIN_WEBHOOK_URL', ['http:', 'https:']) ??
      'http://127.0.0.1:5004/api/webhooks/stripe',
    webhookSecret: read.list('STRIPE_WEBHOOK_SECRET')[0] ?? DEVELOPMENT_WEBHOOK_SECRET,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/**
 * Reads the configuration of a command that works on the shop's database beside it.
 * @throws ConfigError listing every missing or malformed variable.
 */
export function loadToolConfig(env: Environment, fetched?: Fetched): ToolConfig {
  const problems: string[] = [];
  const read = reader(env, problems, fetched);
  const config: ToolConfig = {
    // Checks and indexes take longer than a pooler lets a statement take.
    databaseUrl: read.database('DATABASE_DIRECT_URL') ?? read.database('DATABASE_URL'),
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
  };
  if (isProduction(env, fetched) && !read.isSet('DATABASE_URL'))
    problems.push('DATABASE_URL is required in production: the PostgreSQL to use');
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/**
 * Reads what a command needs to ask Stripe; without a key, outside production, the stand-in that `npm start` brings.
 * @throws ConfigError listing every missing or malformed variable.
 */
export function loadStripeToolConfig(env: Environment, fetched?: Fetched): StripeToolConfig {
  const problems: string[] = [];
  const read = reader(env, problems, fetched);
  const secretKey = read.text('STRIPE_SECRET_KEY');
  const standInPort = read.integer('STRIPE_STANDIN_PORT', 5005, 0, 65535);
  const config: StripeToolConfig = {
    secretKey: secretKey ?? 'sk_test_standin',
    apiBase:
      read.url('STRIPE_API_BASE', ['http:', 'https:']) ??
      (secretKey === null ? `http://127.0.0.1:${standInPort}` : null),
  };
  if (isProduction(env, fetched) && !read.isSet('STRIPE_SECRET_KEY'))
    problems.push('STRIPE_SECRET_KEY is required in production: sk_live_… or sk_test_…');
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}
