import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { until } from '../support/until.ts';

const source = join(import.meta.dirname, '../../src');

const MODULE = ['--input-type=module', '-e'];
const BEGIN = `
  import { createLogger, plainLines } from '${source}/telemetry/logger.ts';
  import { ownCounts } from '${source}/telemetry/own-counts.ts';
  const logger = createLogger('info');
  const plain = (message) => plainLines(logger)('info', \`"message":"\${message}"\`);`;

/** A process that logs, and its output as it is read. */
function logging(code: string) {
  return spawn(process.execPath, [...MODULE, BEGIN + code], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function messagesOf({ stdout }: ChildProcess): Promise<string[]> {
  const lines = (await text(stdout as NonNullable<typeof stdout>)).split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line).message);
}

const thousand = Array.from({ length: 1000 }, (_, n) => String(n));
const logThousand = `
  for (let n = 0; n < 1000; n += 1) n % 3 ? plain(n) : logger.info(String(n));`;

it('every line is written, in order', async () => {
  expect(await messagesOf(logging(`${logThousand} process.disconnect();`))).toEqual(thousand);
});

// What is being written at that moment may come after the last lines.
it.each([
  ['that is ended in the middle', 'process.exit(0);'],
  ['that fails', 'throw new Error();'],
])('every line of a process %s is written', async (_how, end) => {
  const messages = await messagesOf(logging(logThousand + end));
  expect(messages.sort((a, b) => Number(a) - Number(b))).toEqual(thousand);
});

it('of a failure what names it is written, and nothing that may quote a row or input', async () => {
  const child = logging(`
    const row = { detail: 'Key (email)=(ada@example.org) already exists.', where: 'ada@example.org' };
    const taken = Object.assign(new Error('duplicate key'), row, {
      code: '23505', constraint: 'users_email', parameters: ['ada@example.org'], raw: row,
    });
    const both = new AggregateError([taken], 'both failed');
    for (const err of [taken, both, new Error('failed', { cause: taken }), 'ada@example.org'])
      logger.error({ err }, 'request failed');
    process.disconnect();`);
  const lines = await text(child.stdout as NonNullable<typeof child.stdout>);
  expect(lines).not.toContain('ada@');
  const [taken, both, failed] = lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).err);
  const said = { type: 'Error', message: 'duplicate key', code: '23505' };
  expect(taken).toMatchObject({ ...said, constraint: 'users_email' });
  expect(taken.stack).toContain('duplicate key');
  expect(both.errors).toMatchObject([said]);
  expect(failed.message).toBe('failed: duplicate key');
});

it('into a pipe that fills up the lines of the end are written once it is read', async () => {
  // Standard output that was looked at refuses what has no room. Of 64 kB most are filled, and written before the rest.
  const code = `${BEGIN}
    process.stdout;
    for (let n = 0; n < 340; n += 1) plain('x'.repeat(100));
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let n = 0; n < 80; n += 1) plain('y'.repeat(100));
    process.stderr.write('ends');
    process.exit(0);`;
  const reader = '"$0" "$@" | { read go <&3; cat; }';
  const shell = spawn('sh', ['-c', reader, process.execPath, ...MODULE, code], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  await once(shell.stderr as NonNullable<typeof shell.stderr>, 'data');
  (shell.stdio[3] as Writable).end('go\n');
  const messages = await messagesOf(shell);
  expect(messages.filter((message) => message.startsWith('y'))).toHaveLength(80);
});

it('of lines that nobody reads 16 MB are kept, and each that is dropped is counted', async () => {
  const child = logging(`
    for (let n = 0; n < 250; n += 1) {
      for (let m = 0; m < 1000; m += 1) plain('x'.repeat(100));
      await new Promise(setImmediate);
    }
    process.send(ownCounts.linesDropped);
    process.once('message', () => process.disconnect());`);
  const [dropped] = await once(child, 'message');
  child.send('read now');
  const messages = await messagesOf(child);
  expect(dropped).toBeGreaterThan(10_000);
  expect(messages.length + dropped).toBe(250_000);
});

it('a log whose disk is full ends nobody, and goes on once there is room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-log-'));
  const file = join(folder, 'log');
  await writeFile(file, '');
  // A file that may not grow refuses lines as a full disk does.
  const intoSmall = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@" >> '${file}'`;
  const code = `${BEGIN}
    const logs = setInterval(() => plain('x'.repeat(1000)), 5);
    process.once('message', () => {
      clearInterval(logs);
      plain('the last one');
      process.once('message', () => process.exit(0));
    });`;
  const child = spawn('sh', ['-c', intoSmall, process.execPath, ...MODULE, code], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const log = () => readFile(file, 'utf8');
  try {
    await until(async () => (await log()).length === 16 * 512, { what: 'a full log' });
    child.send('log no more');
    await until(
      async () => {
        if ((await log()).includes('the last one')) return true;
        await truncate(file);
        return false;
      },
      { what: 'the last line' },
    );
    child.send('end');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
});

it('a process whose log has no room ends', async () => {
  const code = `${BEGIN} setInterval(() => plain('x'), 5); setTimeout(() => process.exit(0), 500);`;
  const intoFull = 'exec "$0" "$@" > /dev/full';
  const child = spawn('sh', ['-c', intoFull, process.execPath, ...MODULE, code]);
  try {
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
