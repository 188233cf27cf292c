import { resolve } from 'node:path';
import { type Environment, reader } from './config-reader.ts';

export type { Environment };

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly port: number;
  readonly host: string;
  /** Base of links in mails and of redirects, without a trailing slash. */
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly database: {
    /** null: the embedded PostgreSQL in the data folder. */
    readonly url: string | null;
    readonly replicaUrls: readonly string[];
    readonly poolMax: number;
  };
  readonly redisUrl: string | null;
  readonly eventBrokerUrl: string | null;
  /** null: a secret made once and kept in the data folder (never in production). */
  readonly jwtSecret: string | null;
  readonly stripe: {
    /** null: the local stand-in (never in production). */
    readonly secretKey: string | null;
    /** The current one first; while it is rolled the previous one too. */
    readonly webhookSecrets: readonly [string, ...string[]];
    readonly apiBase: string | null;
    readonly standInPort: number;
  };
  /** null: the development mailbox (never in production). */
  readonly smtpUrl: string | null;
  readonly tracing: {
    /** null: nothing is traced. */
    readonly endpoint: string | null;
    /** The share of traces that is sampled, 0 to 1; failed and slow ones are sent besides. */
    readonly ratio: number;
    /** Where a person looks at traces, without a trailing slash; null: nowhere. */
    readonly uiUrl: string | null;
  };
  readonly metrics: {
    /** A port of their own, beside the shop's; null: /metrics is on the shop's. */
    readonly port: number | null;
    /** The bearer token that scrapers send; null: none is asked for. */
    readonly token: string | null;
  };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly admin: { readonly email: string; readonly password: string } | null;
  readonly demoCatalogue: boolean;
  readonly reservationTtlSeconds: number;
  readonly accessTokenTtlSeconds: number;
  readonly rateLimit: boolean;
  /** The shipped limits of routes, scaled: 200 allows twice as many requests. */
  readonly rateLimitPercent: number;
}

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

/** Signs the stand-in's webhooks when STRIPE_WEBHOOK_SECRET is not set; public, so never accepted in production. */
const DEVELOPMENT_WEBHOOK_SECRET = 'whsec_mainstay_development';

/** The configuration is unusable; the message lists every problem, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `Mainstay cannot start: ${problems.length} problem${problems.length === 1 ? '' : 's'} in its configuration.\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Reads the process environment once. This module is its only reader. */
export function environment(): Environment {
  return process.env;
}

/**
 * Reads, checks and freezes the shop's configuration. Every variable may come as NAME or as NAME_FILE
 * (a path whose content is the value).
 * @throws ConfigError listing every missing or malformed variable at once.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const read = reader(env, problems);
  const mode = read.oneOf('NODE_ENV', ['development', 'test', 'production'], 'development');
  const production = mode === 'production';
  const required = (name: string, value: string | null, why: string): void => {
    if (production && value === null) problems.push(`${name} is required in production: ${why}`);
  };

  const port = read.integer('PORT', 5004, 0, 65535);
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const jwtSecret = read.text('JWT_SECRET');
  const secretKey = read.text('STRIPE_SECRET_KEY');
  const webhookSecrets = read.list('STRIPE_WEBHOOK_SECRET');
  const publicUrl = read.url('PUBLIC_URL', ['http:', 'https:']);
  const smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
  const email = read.text('ADMIN_EMAIL');
  const password = read.text('ADMIN_PASSWORD');

  required(
    'DATABASE_URL',
    databaseUrl,
    'the PostgreSQL to use, postgres://user:password@host/database',
  );
  required('JWT_SECRET', jwtSecret, 'signs access tokens; at least 32 random characters');
  required('STRIPE_SECRET_KEY', secretKey, 'takes payments; sk_live_… or sk_test_…');
  required('STRIPE_WEBHOOK_SECRET', webhookSecrets[0] ?? null, 'verifies webhooks; whsec_…');
  required('PUBLIC_URL', publicUrl, 'the address shoppers see, used in links and redirects');
  required('SMTP_URL', smtpUrl, 'sends password resets; smtp://user:password@host:port');
  if (jwtSecret !== null && jwtSecret.length < 32)
    problems.push('JWT_SECRET is too short: use at least 32 random characters');
  if (secretKey !== null && !/^(sk|rk)_(test|live)_/.test(secretKey))
    problems.push(
      'STRIPE_SECRET_KEY is malformed: it starts with sk_test_, sk_live_, rk_test_ or rk_live_',
    );
  if (webhookSecrets.length > 2 || webhookSecrets.some((secret) => !secret.startsWith('whsec_')))
    problems.push(
      'STRIPE_WEBHOOK_SECRET is malformed: it starts with whsec_, and at most two stand there, the current and the previous',
    );
  if (production && webhookSecrets.includes(DEVELOPMENT_WEBHOOK_SECRET))
    problems.push(
      'STRIPE_WEBHOOK_SECRET is the public development secret: use the one Stripe gave you',
    );
  if ((email === null) !== (password === null))
    problems.push('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither');
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email))
    problems.push('ADMIN_EMAIL is malformed: an e-mail address is needed');
  if (production && password !== null && password.length < 12)
    problems.push('ADMIN_PASSWORD is too short for production: at least 12 characters');

  const config: Config = {
    environment: mode,
    port,
    host: read.text('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: publicUrl?.replace(/\/+$/, '') ?? `http://localhost:${port}`,
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
    database: {
      url: databaseUrl,
      replicaUrls: read.urls('DATABASE_REPLICA_URLS', ['postgres:', 'postgresql:']),
      poolMax: read.integer('DATABASE_POOL_MAX', 10, 3, 500),
    },
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    eventBrokerUrl: read.url('EVENT_BROKER_URL', ['nats:', 'kafka:']),
    jwtSecret,
    stripe: {
      secretKey,
      webhookSecrets: [webhookSecrets[0] ?? DEVELOPMENT_WEBHOOK_SECRET, ...webhookSecrets.slice(1)],
      apiBase: read.url('STRIPE_API_BASE', ['http:', 'https:']),
      standInPort: read.integer('STRIPE_STANDIN_PORT', 5005, 0, 65535),
    },
    smtpUrl,
    tracing: {
      endpoint: read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
      ratio: read.share('OTEL_TRACES_SAMPLER_ARG', 0.1),
      uiUrl: read.url('JAEGER_UI_URL', ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    },
    metrics: { port: read.port('METRICS_PORT'), token: read.text('METRICS_TOKEN') },
    logLevel: read.oneOf(
      'LOG_LEVEL',
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'info',
    ),
    admin: email !== null && password !== null ? { email, password } : null,
    demoCatalogue: read.oneOf('DEMO_CATALOGUE', ['on', 'off'], production ? 'off' : 'on') === 'on',
    reservationTtlSeconds: read.integer('RESERVATION_TTL_SECONDS', 1800, 1, 7 * 24 * 3600),
    accessTokenTtlSeconds: read.integer('ACCESS_TOKEN_TTL_SECONDS', 900, 1, 24 * 3600),
    rateLimit: read.oneOf('RATE_LIMIT', ['on', 'off'], 'on') === 'on',
    rateLimitPercent: read.integer('RATE_LIMIT_PERCENT', 100, 1, 10_000),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/**
 * Reads the configuration of the Stripe stand-in when it runs alone.
 * @throws ConfigError listing every malformed variable.
 */
export function loadStandInConfig(env: Environment): StandInConfig {
  const problems: string[] = [];
  const read = reader(env, problems);
  if (env.NODE_ENV === 'production')
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
export function loadToolConfig(env: Environment): ToolConfig {
  const problems: string[] = [];
  const read = reader(env, problems);
  const config: ToolConfig = {
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
  };
  if (env.NODE_ENV === 'production' && config.databaseUrl === null)
    problems.push('DATABASE_URL is required in production: the PostgreSQL to use');
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/**
 * Reads what a command needs to ask Stripe; without a key, outside production, the stand-in that `npm start` brings.
 * @throws ConfigError listing every missing or malformed variable.
 */
export function loadStripeToolConfig(env: Environment): StripeToolConfig {
  const problems: string[] = [];
  const read = reader(env, problems);
  const secretKey = read.text('STRIPE_SECRET_KEY');
  const standInPort = read.integer('STRIPE_STANDIN_PORT', 5005, 0, 65535);
  const config: StripeToolConfig = {
    secretKey: secretKey ?? 'sk_test_standin',
    apiBase:
      read.url('STRIPE_API_BASE', ['http:', 'https:']) ??
      (secretKey === null ? `http://127.0.0.1:${standInPort}` : null),
  };
  if (env.NODE_ENV === 'production' && secretKey === null)
    problems.push('STRIPE_SECRET_KEY is required in production: sk_live_… or sk_test_…');
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}
