import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { makeDataDir, makeUsedDataDir, query, startUser } from './support.ts';

// An account of the system which every Linux has, under one name or another.
const SOMEBODY = 1;
const AS_SOMEBODY = [
  'setpriv',
  `--reuid=${SOMEBODY}`,
  `--regid=${SOMEBODY}`,
  '--clear-groups',
] as const;
const isRoot = process.geteuid?.() === 0;
const settings = { fsync: 'off' };

/** Root can become somebody, and the clone is in a folder that somebody may enter. */
function canBecomeSomebody(): boolean {
  const [command, ...args] = AS_SOMEBODY;
  const script = join(import.meta.dirname, 'user-process.ts');
  const probe = ['-c', 'test -r "$1" && "$2" --version', 'sh', script, process.execPath];
  return isRoot && spawnSync(command, [...args, 'sh', ...probe]).status === 0;
}

test('root runs the server as another account, in its own folder too', async ({ skip }) => {
  if (!isRoot) skip('needs root');
  const parent = await mkdtemp(join(homedir(), '.mainstay-test-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  await chmod(parent, 0o700);
  const dataDir = await makeDataDir(parent);
  for (const role of ['shop', 'tool'] as const) {
    const server = await startEmbeddedPostgres({ dataDir, role, settings });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(join(dataDir, 'postgres'))).uid).not.toBe(0);
    await server.stop();
  }
  expect((await stat(dataDir)).uid).toBe(0);
});

test('an ordinary user starts, joins and stops the server', async ({ skip }) => {
  if (isRoot && !canBecomeSomebody()) skip('needs a clone that every account may enter');
  const dataDir = await makeDataDir();
  if (isRoot) await chown(dataDir, SOMEBODY, SOMEBODY);
  const prefix = isRoot ? AS_SOMEBODY : [];
  const shop = startUser(dataDir, 'shop', prefix);
  const url = await shop.nextLine();
  const tool = startUser(dataDir, 'tool', prefix);
  expect(await tool.nextLine()).toBe(url);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await tool.stop()).toBe(0);
  expect(await shop.stop()).toBe(0);
});

test('root leaves the files in the folder of a user to that user', async ({ skip }) => {
  if (!canBecomeSomebody()) skip('needs root and a clone that every account may enter');
  const dataDir = await makeUsedDataDir();
  await chown(dataDir, SOMEBODY, SOMEBODY);
  const server = await startEmbeddedPostgres({ dataDir, role: 'shop', settings });
  await server.stop();
  const user = startUser(dataDir, 'shop', AS_SOMEBODY);
  expect(await user.nextLine()).toMatch(/^postgres:/);
  expect(await user.stop()).toBe(0);
});

test('root works in a folder whose owner has no name on this system', async ({ skip }) => {
  if (!isRoot) skip('needs root');
  const dataDir = await makeDataDir();
  await chown(dataDir, 23_456, 23_456);
  const server = await startEmbeddedPostgres({ dataDir, role: 'tool', settings });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('a database of another account is refused with what to do', async ({ skip }) => {
  if (!canBecomeSomebody()) skip('needs root and a clone that every account may enter');
  const dataDir = await makeUsedDataDir();
  await chmod(dataDir, 0o777);
  const server = await startEmbeddedPostgres({ dataDir, role: 'tool', settings });
  await server.stop();
  const user = startUser(dataDir, 'shop', AS_SOMEBODY);
  await expect(user.nextLine()).rejects.toThrow(/belongs to another account.*sudo chown/);
});
