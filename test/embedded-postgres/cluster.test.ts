import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { until } from '../support/until.ts';
import {
  endProcess,
  makeDataDir,
  makeUsedDataDir,
  query,
  serverPid,
  startUser,
} from './support.ts';

test('a first start makes a durable UTF-8 database, a warm one finds its rows again', async () => {
  const dataDir = await makeDataDir();
  const first = await startEmbeddedPostgres({ dataDir, role: 'shop' });
  expect(await query(first.url, `SELECT ${SHOWN}`)).toEqual([EXPECTED]);
  expect(await query(first.url, "SELECT lower('ÉÇ') AS low, 'é' < 'z' AS locale_order")).toEqual([
    { low: 'éç', locale_order: false },
  ]);
  await query(first.url, "CREATE TABLE kept AS SELECT 'still here' AS text");
  await first.stop();
  expect(await serverPid(dataDir)).toBeUndefined();

  const begun = performance.now();
  const second = await startEmbeddedPostgres({ dataDir, role: 'shop' });
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(await query(second.url, 'SELECT text FROM kept')).toEqual([{ text: 'still here' }]);
  await second.stop();
});

const SHOWN = `current_database() AS name, current_setting('server_encoding') AS encoding,
  current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses,
  current_setting('unix_socket_directories') AS sockets, current_setting('is_superuser') AS super,
  current_setting('password_encryption') AS passwords`;
const EXPECTED = {
  name: 'mainstay',
  encoding: 'UTF8',
  fsync: 'on',
  addresses: '127.0.0.1',
  sockets: '',
  super: 'off',
  passwords: 'scram-sha-256',
};

test('the server lets in only loopback connections that know the password', async () => {
  const dataDir = await makeUsedDataDir();
  const server = await startEmbeddedPostgres({ dataDir, role: 'tool', settings: NO_FLUSH });
  const file = await stat(join(dataDir, 'postgres', 'superuser-password'));
  expect(file.mode & 0o777).toBe(0o600);
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  for (const address of outsideAddresses()) {
    const socket = connect(Number(wrong.port), address);
    await expect(
      new Promise((done, fail) => socket.on('connect', done).on('error', fail)),
    ).rejects.toThrow('ECONNREFUSED');
  }
  await server.stop();
});

const NO_FLUSH = { fsync: 'off' };

function outsideAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map((a) => a.address);
}

test('settings of the caller and letters beyond ASCII work in the server', async () => {
  const dataDir = await makeUsedDataDir();
  const settings = { ...NO_FLUSH, max_connections: '17' };
  const server = await startEmbeddedPostgres({ dataDir, role: 'tool', settings });
  expect(await query(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '17' }]);
  await query(server.url, 'CREATE EXTENSION pg_trgm');
  const [row] = await query(server.url, "SELECT similarity('été', 'étés') > 0.3 AS similar");
  expect(row).toEqual({ similar: true });
  await server.stop();
});

test('a first start killed while it initialises is made good by the next', async () => {
  const dataDir = await makeDataDir();
  const victim = startUser(dataDir, 'shop');
  await until(async () => (await unfinished(dataDir)).some((it) => existsSync(it)));
  process.kill(-victim.pid, 'SIGKILL');
  await endProcess(victim.pid);
  expect(await unfinished(dataDir)).not.toEqual([]);
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);

  const server = await startEmbeddedPostgres({ dataDir, role: 'shop', settings: NO_FLUSH });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await unfinished(dataDir)).toEqual([]);
  await server.stop();
});

/** A late product of initdb in each folder where one is or was at work. */
async function unfinished(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir);
  const folders = names.filter((name) => name.startsWith('postgres.init-'));
  return folders.map((name) => join(dataDir, name, 'data', 'PG_VERSION'));
}
