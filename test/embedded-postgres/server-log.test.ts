import { appendFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLogSince, trimLog } from '../../src/dev/embedded-postgres/server-log.ts';

test('a log over its limit is moved aside while its writer goes on in the emptied file', async () => {
  const file = await makeLogPath();
  const writer = await open(file, 'a');
  await writer.appendFile('old line\n');
  await trimLog(file, 100);
  expect(await readFile(file, 'utf8')).toBe('old line\n');
  await trimLog(file, 5);
  await writer.appendFile('new line\n');
  await writer.close();
  expect(await readFile(file, 'utf8')).toBe('new line\n');
  expect(await readFile(`${file}.1`, 'utf8')).toBe('old line\n');
});

test('only what the log has gained is read, and no more than its end', async () => {
  const file = await makeLogPath();
  await appendFile(file, 'before\n');
  await appendFile(file, 'after\n');
  expect(await readLogSince(file, 'before\n'.length)).toBe('after');
  await appendFile(file, `${'x'.repeat(10_000)}\nlast words\n`);
  const tail = await readLogSince(file, 0);
  expect(tail).toHaveLength(4095);
  expect(tail).toMatch(/last words$/);
});

async function makeLogPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'postgres.log');
}
