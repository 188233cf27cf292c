import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { until } from '../support/until.ts';
import { endProcess, hasEnded, makeUsedDataDir, query, serverPid, startUser } from './support.ts';

const startShop = (dataDir: string) =>
  startEmbeddedPostgres({ dataDir, role: 'shop', settings: { fsync: 'off' } });

test('the server of a killed shop is taken over, and its rows with it', async () => {
  const dataDir = await makeUsedDataDir();
  const killed = startUser(dataDir, 'shop');
  const url = await killed.nextLine();
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  process.kill(killed.pid, 'SIGKILL');

  const pid = (await serverPid(dataDir)) ?? 0;
  const shop = await startShop(dataDir);
  expect(shop.url).toBe(url);
  expect(await query(shop.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  await shop.stop();
  expect(await serverPid(dataDir)).toBeUndefined();
  expect(await hasEnded(pid)).toBe(true);
});

test('after shop and server are killed the next start recovers what was committed', async () => {
  const dataDir = await makeUsedDataDir();
  const killed = startUser(dataDir, 'shop');
  const url = await killed.nextLine();
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  const pid = (await serverPid(dataDir)) ?? 0;
  await endProcess(killed.pid);
  await endProcess(pid);
  expect(await serverPid(dataDir)).toBe(pid);

  const shop = await startShop(dataDir);
  expect(await query(shop.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  await shop.stop();
});

test('a stale postmaster.pid with the id of an unrelated living process is no obstacle', async () => {
  const dataDir = await makeUsedDataDir();
  const first = await startShop(dataDir);
  const record = join(dataDir, 'postgres', 'postmaster.pid');
  await endProcess((await serverPid(dataDir)) ?? 0);
  await first.stop();
  const unrelated = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void unrelated.kill('SIGKILL'));
  const text = await readFile(record, 'utf8');
  await writeFile(record, text.replace(/^\d+/, String(unrelated.pid)));

  const begun = performance.now();
  const shop = await startShop(dataDir);
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(await query(shop.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(unrelated.exitCode).toBeNull();
  await shop.stop();
});

test('the record of a copied data folder does not lead to the server of the original', async () => {
  const original = await makeUsedDataDir();
  const copy = await makeUsedDataDir();
  const first = await startShop(original);
  const record = await readFile(join(original, 'postgres', 'postmaster.pid'), 'utf8');
  const other = await startShop(copy);
  await other.stop();
  await writeFile(join(copy, 'postgres', 'postmaster.pid'), record);

  const second = await startShop(copy);
  expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
  await second.stop();
  expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await first.stop();
});

test('a shop stays the only one when a crash in the server ends all sessions', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = await startShop(dataDir);
  const holders = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'mainstay shop %'";
  const [before] = await query(shop.url, holders);
  process.kill(Number(before?.pid), 'SIGKILL');
  await until(async () => {
    const rows = await query(shop.url, holders).catch(() => []);
    return rows[0] !== undefined && rows[0].pid !== before?.pid;
  });

  const second = startUser(dataDir, 'shop');
  await expect(second.nextLine()).rejects.toThrow('Another Mainstay is running');
  await shop.stop();
  expect(await serverPid(dataDir)).toBeUndefined();
});

test('a shop survives the death of its server, and starting again brings it back', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = startUser(dataDir, 'shop');
  const url = await shop.nextLine();
  await endProcess((await serverPid(dataDir)) ?? 0);
  await expect(query(url, 'SELECT 1')).rejects.toThrow();
  expect(await shop.stop()).toBe(0);

  const again = await startShop(dataDir);
  expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await again.stop();
});

test('Ctrl-C in the terminal does not reach the server', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = startUser(dataDir, 'shop');
  const url = await shop.nextLine();
  process.kill(-shop.pid, 'SIGINT');
  expect(await shop.nextLine()).toBe('draining');
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await shop.stop()).toBe(0);
  expect(await serverPid(dataDir)).toBeUndefined();
});

test('a folder that holds something else is left alone with an explanation', async () => {
  const dataDir = await makeUsedDataDir();
  const server = await startShop(dataDir);
  await server.stop();
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9.6\n');
  await expect(startShop(dataDir)).rejects.toThrow('initialized by PostgreSQL version 9.6');
});
