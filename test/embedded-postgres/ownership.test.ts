import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import type { Role } from '../../src/dev/embedded-postgres/locks.ts';
import { hasEnded, makeDataDir, makeUsedDataDir, query, serverPid, startUser } from './support.ts';

const start = (dataDir: string, role: Role) =>
  startEmbeddedPostgres({ dataDir, role, settings: { fsync: 'off' } });

test('a second shop on the same folder is refused and told by which process', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = startUser(dataDir, 'shop');
  const url = await shop.nextLine();
  const refusal = await start(dataDir, 'shop').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(EmbeddedPostgresError);
  expect(String(refusal)).toContain(`Another Mainstay is running on ${dataDir}`);
  expect(String(refusal)).toContain(`(process ${shop.pid})`);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await shop.stop()).toBe(0);
});

test('a tool joins the server of a running shop and leaves it running', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = await start(dataDir, 'shop');
  const tool = startUser(dataDir, 'tool');
  expect(await tool.nextLine()).toBe(shop.url);
  expect(await tool.stop()).toBe(0);
  expect(await query(shop.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await shop.stop();
});

test('a server which a tool started serves the shop on until the last of them leaves', async () => {
  const dataDir = await makeUsedDataDir();
  const tool = startUser(dataDir, 'tool');
  const url = await tool.nextLine();
  const pid = (await serverPid(dataDir)) ?? 0;
  const shop = await start(dataDir, 'shop');
  expect(shop.url).toBe(url);
  expect(await tool.stop()).toBe(0);
  expect(await hasEnded(pid)).toBe(false);
  await shop.stop();
  expect(await hasEnded(pid)).toBe(true);
  expect(await serverPid(dataDir)).toBeUndefined();
});

test('of two shops that start at the same moment on an empty folder one wins', async () => {
  const dataDir = await makeDataDir();
  const attempts = await Promise.all(
    [startUser(dataDir, 'shop'), startUser(dataDir, 'shop')].map(async (user) => ({
      user,
      line: await user.nextLine().catch((error: Error) => error.message),
    })),
  );
  const winners = attempts.filter(({ line }) => line.startsWith('postgres://'));
  const losers = attempts.filter(({ line }) => line.includes('Another Mainstay is running'));
  expect([winners.length, losers.length], attempts.map(({ line }) => line).join('\n')).toEqual([
    1, 1,
  ]);
  expect(await query(winners[0]?.line ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await winners[0]?.user.stop()).toBe(0);
});

test('tools that start together share one server, and leaving together stops it', async () => {
  const dataDir = await makeUsedDataDir();
  const tools = await Promise.all([1, 2, 3].map(() => start(dataDir, 'tool')));
  expect(new Set(tools.map(({ url }) => url)).size).toBe(1);
  const pid = (await serverPid(dataDir)) ?? 0;
  await Promise.all(tools.map((tool) => tool.stop()));
  expect(await hasEnded(pid)).toBe(true);
});

test('a start that meets the file of another one at its very beginning waits for what becomes of it', async () => {
  const dataDir = await makeUsedDataDir();
  const lock = join(dataDir, 'postgres', 'postmaster.pid');
  await writeFile(lock, '');
  const starting = start(dataDir, 'tool');
  expect(await Promise.race([starting.catch((error) => error), setTimeout(1000, 'it waits')])).toBe(
    'it waits',
  );
  await rm(lock);
  await (await starting).stop();
});

test('a start while the last user is leaving ends with a running server', async () => {
  const dataDir = await makeUsedDataDir();
  const first = await start(dataDir, 'shop');
  const [, second] = await Promise.all([first.stop(), start(dataDir, 'tool')]);
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
});

test('stopping twice is the same as stopping once', async () => {
  const dataDir = await makeUsedDataDir();
  const shop = await start(dataDir, 'shop');
  await Promise.all([shop.stop(), shop.stop()]);
  await shop.stop();
  expect(await serverPid(dataDir)).toBeUndefined();
});
