import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { createPool } from '../../src/database/pool.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { createStripeClient } from '../../src/modules/payments/stripe-client.gateway.ts';
import { followSecrets } from '../../src/secrets/live-secrets.ts';
import { liveServices } from '../../src/secrets/live-services.ts';
import { liveKeyring } from '../../src/secrets/shop-keyring.ts';
import { signingKey } from '../../src/secrets/signing-key.ts';
import { secretSources } from '../../src/secrets/sources.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { until } from '../support/until.ts';
import { stop } from './vault.ts';

const [OLD, NEW] = ['old '.repeat(10).trim(), 'new '.repeat(10).trim()] as [string, string];

async function follow(env: Environment) {
  const log: string[] = [];
  const lines = new Writable({
    write(line: Buffer, _encoding, done) {
      log.push(line.toString());
      done();
    },
  });
  const sources = secretSources(env);
  const fetched = await sources.fetch();
  const config = loadConfig(env, fetched);
  const live = followSecrets({
    env,
    sources,
    fetched,
    config,
    load: loadConfig,
    logger: pino(lines),
  });
  onTestFinished(() => live.stop());
  return { live, log };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mainstay-live-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

it('a key in a mounted file is taken up when its link is turned, and signs once it has settled', async () => {
  const at = await folder();
  await writeFile(join(at, 'first'), OLD);
  await writeFile(join(at, 'second'), NEW);
  await symlink('first', join(at, 'key'));
  const { live, log } = await follow({
    JWT_SECRET_FILE: join(at, 'key'),
    SECRETS_REFRESH_SECONDS: '1',
    JWT_SETTLE_SECONDS: '1',
  });
  const keyring = liveKeyring(live);
  expect(keyring.signing().id).toBe(signingKey(OLD).id);
  // As Kubernetes does it: a new link, put in the place of the old one.
  await symlink('second', join(at, 'next'));
  await rename(join(at, 'next'), join(at, 'key'));
  await until(() => keyring.find(signingKey(NEW).id) !== null);
  expect(keyring.find(signingKey(OLD).id)).not.toBeNull();
  await until(() => keyring.signing().id === signingKey(NEW).id);
  expect(keyring.find(signingKey(OLD).id)).not.toBeNull();
  expect(log.join('')).toContain('"changed":["JWT_SECRET"]');
  expect(log.join('')).not.toMatch(/old old|new new/);
});

it('what comes malformed, or not at all, changes nothing and is told by its name', async () => {
  const at = join(await folder(), 'key');
  await writeFile(at, OLD);
  const { live, log } = await follow({ JWT_SECRET_FILE: at });
  await writeFile(at, 'too short');
  await live.refresh();
  await rm(at);
  await live.refresh();
  expect(live.now().jwt.secrets).toEqual([OLD]);
  expect(log).toHaveLength(2);
  expect(log[0]).toContain('JWT_SECRET is malformed');
  expect(log[1]).toContain('JWT_SECRET_FILE cannot be read');
  expect(log.join('')).not.toContain('too short');
  await writeFile(at, NEW);
  await live.refresh();
  expect(live.now().jwt.secrets).toEqual([NEW]);
});

it('connections of the database take its new password, at once where the old one is refused', async () => {
  const server = await startEmbeddedPostgres({ dataDir: await folder(), role: 'tool' });
  onTestFinished(() => server.stop());
  const changed = new URL(server.url);
  changed.password = 'the-new-password';
  const at = join(await folder(), 'url');
  await writeFile(at, server.url);
  const { live } = await follow({ DATABASE_URL_FILE: at });
  const services = liveServices(live, 'shop@example.test');
  let refused = 0;
  const pool = createPool(services.databaseUrl, {
    max: 2,
    logger: createLogger('silent'),
    onRefused: () => {
      refused += 1;
      services.onDatabaseRefused();
    },
  });
  onTestFinished(() => pool.end());
  const held = await pool.connect();
  await held.query(`ALTER ROLE CURRENT_USER PASSWORD '${changed.password}'`);
  await writeFile(at, changed.toString());
  await expect(pool.query('SELECT 1')).rejects.toThrow(/password/);
  expect(refused).toBe(1);
  await until(() =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    ),
  );
  // What was connected before stays so.
  expect((await held.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  held.release();
});

it('a replica is asked by its new password, which comes with the role’s on the primary', async () => {
  const at = join(await folder(), 'url');
  const url = (password: string) => `postgres://shop:${password}@standby.example/mainstay`;
  await writeFile(at, url('old'));
  const { live, log } = await follow({ DATABASE_REPLICA_URLS_FILE: at });
  const { replicaUrl, onDatabaseRefused } = liveServices(live, 'shop@example.test');
  await writeFile(at, url('new'));
  onDatabaseRefused();
  await until(() => log.length > 0);
  expect(replicaUrl(0)).toBe(url('new'));
  expect(log.join('')).toContain('"changed":["DATABASE_REPLICA_URLS"]');
});

it('calls of Stripe carry the key of their moment', async () => {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"balance"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => stop(server));
  const at = join(await folder(), 'key');
  await writeFile(at, 'sk_test_old');
  const { live } = await follow({
    STRIPE_SECRET_KEY_FILE: at,
    STRIPE_API_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const stripe = createStripeClient(liveServices(live, 'shop@example.test').stripe, 60_000)();
  await stripe.balance.retrieve();
  await writeFile(at, 'sk_test_new');
  await live.refresh();
  await stripe.balance.retrieve();
  expect(keys).toEqual(['Bearer sk_test_old', 'Bearer sk_test_new']);
});
