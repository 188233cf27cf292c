import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, type Environment } from '../../src/config/environment.ts';
import { loadStandInConfig, loadToolConfig } from '../../src/config/tools.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { loadConfig } from '../../src/config.ts';
import { runEntry } from '../support/process.ts';

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://shop:secret@db.example/mainstay',
  JWT_SECRET: 'x'.repeat(32),
  STRIPE_SECRET_KEY: 'sk_live_123',
  STRIPE_WEBHOOK_SECRET: 'whsec_123',
  PUBLIC_URL: 'https://shop.example/',
  SMTP_URL: 'smtps://mail.example',
};

function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing in development', () => {
    expect(loadConfig({})).toMatchObject({
      environment: 'development',
      port: 5004,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:5004',
      database: { url: null },
      demoCatalogue: true,
      rateLimit: true,
    });
  });

  it('of a complete production is accepted, its base address without a trailing slash', () => {
    expect(loadConfig(production)).toMatchObject({
      environment: 'production',
      host: '0.0.0.0',
      publicUrl: 'https://shop.example',
      demoCatalogue: false,
    });
  });

  it('leaves second factors to staff themselves, or makes them their duty', () => {
    expect(loadConfig({}).staffMfa).toBe('optional');
    expect(loadConfig({ STAFF_MFA: 'required' }).staffMfa).toBe('required');
    expect(problemsOf({ STAFF_MFA: 'yes' })).toEqual([
      'STAFF_MFA is malformed: use one of optional, required',
    ]);
  });

  it('takes a provider of single sign-on wholly or not at all', () => {
    const provider = {
      OIDC_ISSUER: 'https://login.example',
      OIDC_CLIENT_ID: 'the-shop',
      OIDC_CLIENT_SECRET: 'secret',
    };
    expect(loadConfig({}).oidc).toBeNull();
    expect(loadConfig(provider).oidc).toEqual({
      issuer: 'https://login.example',
      clientId: 'the-shop',
      clientSecret: 'secret',
      name: null,
    });
    const together =
      'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all of them or none';
    for (const name of Object.keys(provider))
      expect(problemsOf({ ...provider, [name]: '' })).toEqual([together]);
    expect(problemsOf({ OIDC_NAME: 'Okta' })).toEqual([together]);
    expect(problemsOf({ ...provider, OIDC_ISSUER: 'https://login.example?x=1' })).toEqual([
      'OIDC_ISSUER is malformed: an issuer has neither query nor fragment',
    ]);
    expect(problemsOf({ ...production, ...provider, OIDC_ISSUER: 'http://login.example' })).toEqual(
      ['OIDC_ISSUER must be https:// in production, or on this machine'],
    );
  });

  it('has a way around a pooler only where there is one through it', () => {
    const directUrl = 'postgres://shop:secret@db.example/mainstay';
    expect(loadConfig(production).database.directUrl).toBeNull();
    expect(loadConfig({ ...production, DATABASE_DIRECT_URL: directUrl }).database.directUrl).toBe(
      directUrl,
    );
    expect(problemsOf({ DATABASE_DIRECT_URL: directUrl })).toEqual([
      'DATABASE_DIRECT_URL needs DATABASE_URL, the way through a pooler, beside it',
    ]);
    expect(problemsOf({ ...production, DATABASE_DIRECT_URL: 'db.example' })).toEqual([
      expect.stringContaining('DATABASE_DIRECT_URL is malformed'),
    ]);
  });

  it('takes a broker apart into its servers, its login and its options', () => {
    const broker = (url: string) => loadConfig({ EVENT_BROKER_URL: url }).eventBroker;
    expect(
      broker('nats://shop:a%40b:c@a.example,b.example:5222/?tls=true&replicas=3'),
    ).toMatchObject({
      protocol: 'nats',
      servers: ['a.example:4222', 'b.example:5222'],
      login: { user: 'shop', pass: 'a@b:c' },
      ...{ tls: true, prefix: 'mainstay', replicas: 3 },
    });
    expect(broker('nats://a%2Ftoken@[::1]:4222')).toMatchObject({
      servers: ['[::1]:4222'],
      login: { token: 'a/token' },
    });
    expect(broker('kafka://me:secret@a.example?sasl=scram-sha-512&prefix=staging')).toMatchObject({
      protocol: 'kafka',
      servers: ['a.example:9092'],
      login: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'secret' },
      prefix: 'staging',
    });
    expect(broker('kafka://a.example')).toMatchObject({ login: null, tls: false });
  });

  it('takes addresses without the blanks around them', () => {
    const { publicUrl, smtpUrl, database, redisUrl } = loadConfig({
      ...production,
      PUBLIC_URL: 'https://shop.example/ ',
      SMTP_URL: ' smtps://mail.example\t',
      DATABASE_URL: ' postgres://shop@db.example/mainstay ',
      REDIS_URL: 'redis://cache.example\r',
    });
    expect([publicUrl, smtpUrl, database.url, redisUrl]).toEqual([
      'https://shop.example',
      'smtps://mail.example',
      'postgres://shop@db.example/mainstay',
      'redis://cache.example',
    ]);
  });

  it('refuses a base address that more cannot be added to', () => {
    for (const PUBLIC_URL of [
      'https://shop.example/?from=mail',
      'https://shop.example/#',
      'https://me:secret@shop.example',
    ])
      expect(problemsOf({ PUBLIC_URL })).toEqual([
        'PUBLIC_URL is malformed: it has neither user, query nor fragment',
      ]);
  });

  it('refuses a login of Redis that is not percent-encoded, which its client cannot read', () => {
    expect(problemsOf({ REDIS_URL: 'redis://:100%@cache.example' })).toEqual([
      'REDIS_URL is malformed: user and password must be percent-encoded',
    ]);
    expect(problemsOf({ REDIS_URL: 'redis://:100%25@cache.example' })).toEqual([]);
  });

  it('cannot be changed once it is read', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it('of an empty production names every missing variable at once', () => {
    const problems = problemsOf({ NODE_ENV: 'production' });
    const missing = Object.keys(production).filter((name) => name !== 'NODE_ENV');
    for (const name of missing)
      expect(problems).toContainEqual(expect.stringMatching(`^${name} is required`));
    expect(problems).toHaveLength(missing.length);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', 'eighty'],
    ['DATABASE_URL', 'mysql://db.example/mainstay'],
    ['DATABASE_REPLICA_URLS', 'postgres://a.example/x,nonsense'],
    ['DATABASE_POOL_MAX', '1'],
    ['REDIS_URL', 'http://cache.example'],
    ['EVENT_BROKER_URL', 'amqp://broker.example'],
    ['EVENT_BROKER_URL', 'kafka://a.example:9092,b.example:port'],
    ['EVENT_BROKER_URL', 'kafka://user@a.example'],
    ['EVENT_BROKER_URL', 'kafka://a.example?sasl=md5'],
    ['EVENT_BROKER_URL', 'nats://a.example?sasl=plain'],
    ['EVENT_BROKER_URL', 'nats://a.example?prefix=Of.Dots'],
    ['EVENT_BROKER_URL', 'nats://a.example?tls=yes'],
    ['EVENT_BROKER_URL', 'nats://%zz@a.example'],
    ['JWT_SECRET', 'short'],
    ['JWT_SETTLE_SECONDS', '-1'],
    ['SECRETS_REFRESH_SECONDS', '0'],
    ['STRIPE_SECRET_KEY', 'pk_live_123'],
    ['STRIPE_WEBHOOK_SECRET', 'secret'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_1,secret'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_1,whsec_2,whsec_3'],
    ['STRIPE_API_BASE', 'localhost'],
    ['SMTP_URL', 'mail.example'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['LOG_LEVEL', 'loud'],
    ['DEMO_CATALOGUE', 'yes'],
    ['RESERVATION_TTL_SECONDS', '-1'],
    ['ACCESS_TOKEN_TTL_SECONDS', '1.5'],
    ['RATE_LIMIT', 'maybe'],
    ['LOAD_SHEDDING', 'maybe'],
    ['NODE_ENV', 'staging'],
    ['PUBLIC_URL', 'shop.example'],
    ['ADMIN_EMAIL', 'admin@shop.example'],
    ['STRIPE_STANDIN_PORT', '99999'],
  ])('names %s when it is %j', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it('lists several problems in one message without repeating a secret', () => {
    const error = (() => {
      try {
        loadConfig({ ...production, DATABASE_URL: 'db:secret@host', PORT: 'x' });
      } catch (caught) {
        return caught as ConfigError;
      }
      return null;
    })();
    expect(error?.message).toContain('2 problems');
    expect(error?.message).toContain('PORT');
    expect(error?.message).toContain('DATABASE_URL');
    expect(error?.message).not.toContain('secret@');
  });

  it('refuses the public development secret of webhooks in production', () => {
    const env = { ...production, STRIPE_WEBHOOK_SECRET: 'whsec_mainstay_development' };
    expect(problemsOf(env)).toEqual([expect.stringContaining('public development secret')]);
  });

  it.each(['STRIPE_WEBHOOK_SECRET', 'SEALING_KEY', 'DATABASE_REPLICA_URLS'])(
    'refuses a %s of nothing but blanks and commas, for which no default stands in',
    (name) => {
      for (const nothing of [' ', ',', ' , '])
        expect(problemsOf({ ...production, [name]: nothing })).toEqual([
          `${name} is malformed: there is nothing in it but blanks and commas`,
        ]);
    },
  );

  it('refuses one port for the shop and for its metrics, unless both are free ones', () => {
    expect(problemsOf({ PORT: '8080', METRICS_PORT: '8080' })).toEqual([
      'METRICS_PORT and PORT are the same: /metrics needs a port of its own',
    ]);
    expect(problemsOf({ PORT: '0', METRICS_PORT: '0' })).toEqual([]);
  });

  it('takes several keys for tokens, the newest first, a private key among them', () => {
    const pem = generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
      .trim();
    const old = 'o'.repeat(32);
    expect(loadConfig({ JWT_SECRET: `${pem}, ${old}` }).jwt.secrets).toEqual([pem, old]);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const unfit = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(problemsOf({ JWT_SECRET: unfit })).toEqual([
      'JWT_SECRET is malformed: a private key must be Ed25519, or ECDSA on P-256',
    ]);
  });

  it('takes two secrets of webhooks while they are rolled, the current one first', () => {
    const env = { ...production, STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' };
    expect(loadConfig(env).stripe.webhookSecrets).toEqual(['whsec_new', 'whsec_old']);
  });
});

describe('a variable given as a file', () => {
  it('has the content of the file, without the line break at its end', async () => {
    const path = await fileWith(`${'y'.repeat(40)}\n`);
    expect(loadConfig({ JWT_SECRET_FILE: path }).jwt.secrets).toEqual(['y'.repeat(40)]);
  });

  it('is refused when the file is missing, empty, or stands beside the variable itself', async () => {
    const path = await fileWith('  \n');
    expect(problemsOf({ SMTP_URL_FILE: '/nowhere/smtp' })).toEqual([
      expect.stringContaining('SMTP_URL_FILE cannot be read'),
    ]);
    expect(problemsOf({ SMTP_URL_FILE: path })).toEqual([
      expect.stringContaining('SMTP_URL_FILE is empty'),
    ]);
    expect(problemsOf({ SMTP_URL: 'smtp://a.example', SMTP_URL_FILE: path })).toEqual([
      expect.stringContaining('both set'),
    ]);
  });

  it('counts in production', async () => {
    const { JWT_SECRET, ...rest } = production;
    const path = await fileWith(JWT_SECRET);
    expect(problemsOf({ ...rest, JWT_SECRET_FILE: path })).toEqual([]);
  });
});

describe('the configuration of commands', () => {
  it('takes production for meant where a file says so, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const NODE_ENV_FILE = join(folder, 'mode');
    await writeFile(NODE_ENV_FILE, 'production\n');
    expect(loadConfig({ ...production, NODE_ENV: undefined, NODE_ENV_FILE }).environment).toBe(
      'production',
    );
    expect(() => loadToolConfig({ NODE_ENV_FILE })).toThrow('DATABASE_URL is required');
    expect(() => loadStandInConfig({ NODE_ENV_FILE })).toThrow('NODE_ENV is production');
    const { code, err } = await runEntry('seed.ts', ['--products', '1', '--orders', '0'], {
      NODE_ENV_FILE,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    });
    expect([code, err]).toEqual([1, expect.stringContaining('NODE_ENV is production')]);
  });

  it('asks for the database alone, and for that in production', () => {
    expect(loadToolConfig({ DATA_DIR: '/data' })).toEqual({ databaseUrl: null, dataDir: '/data' });
    for (const NODE_ENV of ['production', ' Production'])
      expect(() => loadToolConfig({ NODE_ENV })).toThrow(/DATABASE_URL is required/);
  });

  it('goes around a pooler', () => {
    const [DATABASE_URL, DATABASE_DIRECT_URL] = ['postgres://pooler/shop', 'postgres://db/shop'];
    expect(loadToolConfig({ DATABASE_URL, DATABASE_DIRECT_URL })).toMatchObject({
      databaseUrl: DATABASE_DIRECT_URL,
    });
  });
});

describe('.env.example', () => {
  it('names every variable that the code reads, and is accepted as it is', async () => {
    const root = join(import.meta.dirname, '../..');
    const example = parseEnv(await readFile(join(root, '.env.example'), 'utf8'));
    expect(Object.keys(example)).toEqual(expect.arrayContaining([...VARIABLES]));
    expect(loadConfig(example)).toEqual({ ...loadConfig({}), port: 5004 });
  });
});

describe('the process', () => {
  it('refuses an incomplete production with exit code 1 and one message', async () => {
    const { code, out, err } = await runEntry('main.ts', [], { NODE_ENV: 'production', PORT: 'x' });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(
      /^Mainstay cannot start: 7 problems in its configuration\.\n( {2}- .+\n){7}$/,
    );
  });
});

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'value');
  await writeFile(path, text);
  return path;
}
