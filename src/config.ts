import { resolve } from 'node:path';
import { type BrokerConfig, readBrokerConfig } from './config/broker.ts';
import { ConfigError, type Environment, type Fetched } from './config/environment.ts';
import { type OidcConfig, readOidcConfig } from './config/oidc.ts';
import { reader } from './config/reader.ts';
import { DEVELOPMENT_WEBHOOK_SECRET, stripeProblems } from './config/stripe.ts';
import type { Variable } from './config/variables.ts';
import { keyProblem, keysIn } from './secrets/signing-key.ts';

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
    /** Around the pooler that `url` leads through, for what needs a session of its own; null: no pooler is there. */
    readonly directUrl: string | null;
    /** Standbys that reads go to, each a server of its own. */
    readonly replicaUrls: readonly string[];
    /** Connections of a process; null: as many as its role needs. */
    readonly poolMax: number | null;
  };
  readonly redisUrl: string | null;
  /** Where events are published too; null: nowhere. */
  readonly eventBroker: BrokerConfig | null;
  readonly jwt: {
    /** The newest first; none: a secret made once and kept in the data folder (never in production). */
    readonly secrets: readonly string[];
    /** How long a secret must have been known before anything is signed with it. */
    readonly settleSeconds: number;
  };
  readonly stripe: {
    /** null: the local stand-in (never in production). */
    readonly secretKey: string | null;
    /** The current one first; while it is rolled the previous one too. */
    readonly webhookSecrets: readonly [string, ...string[]];
    readonly apiBase: string | null;
    readonly standInPort: number;
  };
  /** How often files and managers are looked at for secrets that changed. */
  readonly secretsRefreshSeconds: number;
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
  /** What small secrets in the database are sealed with, the newest first; none: they are kept as they are. */
  readonly sealingKeys: readonly string[];
  /** Whether staff without a second factor reach nothing but the pages to add one. */
  readonly staffMfa: 'optional' | 'required';
  /** The provider by which staff may sign in; null: none. */
  readonly oidc: OidcConfig | null;
  readonly rateLimit: boolean;
  readonly loadShedding: boolean;
  /** The shipped limits of routes, scaled: 200 allows twice as many requests. */
  readonly rateLimitPercent: number;
}

/** What production cannot do without, and why. */
const REQUIRED: readonly (readonly [Variable, string])[] = [
  ['DATABASE_URL', 'the PostgreSQL to use, postgres://user:password@host/database'],
  ['JWT_SECRET', 'signs access tokens; at least 32 random characters'],
  ['STRIPE_SECRET_KEY', 'takes payments; sk_live_… or sk_test_…'],
  ['STRIPE_WEBHOOK_SECRET', 'verifies webhooks; whsec_…'],
  ['PUBLIC_URL', 'the address shoppers see, used in links and redirects'],
  ['SMTP_URL', 'sends password resets; smtp://user:password@host:port'],
];

/**
 * Reads, checks and freezes the shop's configuration. Every variable may come as NAME, as NAME_FILE
 * (a path whose content is the value), or as NAME_VAULT and NAME_AWS, whose values were fetched.
 * @throws ConfigError listing every missing or malformed variable at once.
 */
export function loadConfig(env: Environment, fetched?: Fetched): Config {
  const problems: string[] = [];
  const read = reader(env, problems, fetched);
  const mode = read.oneOf('NODE_ENV', ['development', 'test', 'production'], 'development');
  const production = mode === 'production';

  const port = read.integer('PORT', 5004, 0, 65535);
  const databaseUrl = read.database('DATABASE_URL');
  const directUrl = read.database('DATABASE_DIRECT_URL');
  const jwtSecrets = keysIn(read.text('JWT_SECRET'));
  const sealingKeys = read.list('SEALING_KEY');
  const secretKey = read.text('STRIPE_SECRET_KEY');
  const webhookSecrets = read.list('STRIPE_WEBHOOK_SECRET');
  const publicUrl = read.url('PUBLIC_URL', ['http:', 'https:']);
  const redisUrl = read.url('REDIS_URL', ['redis:', 'rediss:']);
  const smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
  const email = read.text('ADMIN_EMAIL');
  const password = read.text('ADMIN_PASSWORD');

  for (const [name, why] of production ? REQUIRED : [])
    if (!read.isSet(name)) problems.push(`${name} is required in production: ${why}`);
  if (directUrl !== null && databaseUrl === null)
    problems.push('DATABASE_DIRECT_URL needs DATABASE_URL, the way through a pooler, beside it');
  for (const problem of new Set(jwtSecrets.map(keyProblem)))
    if (problem !== null) problems.push(`JWT_SECRET is malformed: ${problem}`);
  if (sealingKeys.some((key) => key.length < 32))
    problems.push('SEALING_KEY is malformed: use at least 32 random characters');
  const metricsPort = read.port('METRICS_PORT');
  if (metricsPort === port && port !== 0)
    problems.push('METRICS_PORT and PORT are the same: /metrics needs a port of its own');
  problems.push(...addressProblems({ publicUrl, redisUrl }));
  problems.push(...stripeProblems({ secretKey, webhookSecrets, production }));
  problems.push(...adminProblems({ email, password, production }));

  const config: Config = {
    environment: mode,
    port,
    host: read.text('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: publicUrl?.replace(/\/+$/, '') ?? `http://localhost:${port}`,
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
    database: {
      url: databaseUrl,
      directUrl,
      replicaUrls: read.urls('DATABASE_REPLICA_URLS', ['postgres:', 'postgresql:']),
      poolMax: read.isSet('DATABASE_POOL_MAX')
        ? read.integer('DATABASE_POOL_MAX', 10, 3, 500)
        : null,
    },
    redisUrl,
    eventBroker: readBrokerConfig(read, problems),
    jwt: {
      secrets: jwtSecrets,
      settleSeconds: read.integer('JWT_SETTLE_SECONDS', 300, 0, 24 * 3600),
    },
    stripe: {
      secretKey,
      webhookSecrets: [webhookSecrets[0] ?? DEVELOPMENT_WEBHOOK_SECRET, ...webhookSecrets.slice(1)],
      apiBase: read.url('STRIPE_API_BASE', ['http:', 'https:']),
      standInPort: read.integer('STRIPE_STANDIN_PORT', 5005, 0, 65535),
    },
    secretsRefreshSeconds: read.integer('SECRETS_REFRESH_SECONDS', 60, 1, 24 * 3600),
    smtpUrl,
    tracing: {
      endpoint: read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
      ratio: read.share('OTEL_TRACES_SAMPLER_ARG', 0.1),
      uiUrl: read.url('JAEGER_UI_URL', ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    },
    metrics: { port: metricsPort, token: read.text('METRICS_TOKEN') },
    logLevel: read.oneOf(
      'LOG_LEVEL',
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'info',
    ),
    admin: email !== null && password !== null ? { email, password } : null,
    demoCatalogue: read.oneOf('DEMO_CATALOGUE', ['on', 'off'], production ? 'off' : 'on') === 'on',
    reservationTtlSeconds: read.integer('RESERVATION_TTL_SECONDS', 1800, 1, 7 * 24 * 3600),
    accessTokenTtlSeconds: read.integer('ACCESS_TOKEN_TTL_SECONDS', 900, 1, 24 * 3600),
    sealingKeys,
    staffMfa: read.oneOf('STAFF_MFA', ['optional', 'required'], 'optional'),
    oidc: readOidcConfig(read, { problems, production }),
    rateLimit: read.oneOf('RATE_LIMIT', ['on', 'off'], 'on') === 'on',
    loadShedding: read.oneOf('LOAD_SHEDDING', ['on', 'off'], 'on') === 'on',
    rateLimitPercent: read.integer('RATE_LIMIT_PERCENT', 100, 1, 10_000),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function addressProblems({
  publicUrl,
  redisUrl,
}: {
  publicUrl: string | null;
  redisUrl: string | null;
}): string[] {
  const problems: string[] = [];
  // Paths are added to it, and it is told to everybody.
  if (publicUrl !== null && /[?#]|:\/\/[^/]*@/.test(publicUrl))
    problems.push('PUBLIC_URL is malformed: it has neither user, query nor fragment');
  if (redisUrl !== null && /%(?![\da-f]{2})/i.test(redisUrl))
    problems.push('REDIS_URL is malformed: user and password must be percent-encoded');
  return problems;
}

function adminProblems({
  email,
  password,
  production,
}: {
  email: string | null;
  password: string | null;
  production: boolean;
}): string[] {
  const problems: string[] = [];
  if ((email === null) !== (password === null))
    problems.push('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither');
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email))
    problems.push('ADMIN_EMAIL is malformed: an e-mail address is needed');
  if (production && password !== null && password.length < 12)
    problems.push('ADMIN_PASSWORD is too short for production: at least 12 characters');
  return problems;
}
