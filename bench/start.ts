import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { freePort } from '../src/dev/free-port.ts';
import { fill } from './support/catalogue.ts';
import { timeOf } from './support/cpu.ts';
import { median } from './support/median.ts';
import { memoryOf } from './support/memory.ts';

/**
 * What a start in production takes, on a database at hand: seconds and processor time until it is ready, and what the
 * process then holds of the machine's memory, idle: in all, and without the pages of files that processes share. The
 * first start compiles what the others find compiled, as with `npm start`. Options after `--` go to Node.js.
 */
const { values: given, positionals: options } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    role: { type: 'string', default: 'all' },
    'idle-seconds': { type: 'string', default: '5' },
  },
  allowPositionals: true,
});

const folder = await mkdtemp(join(tmpdir(), 'mainstay-start-'));
const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'tool' });
await fill(postgres.url, 1000);
const found: Awaited<ReturnType<typeof start>>[] = [];
for (let starts = 0; starts <= Number(given.starts); starts += 1) {
  const one = await start(starts === 0 ? 'SIGTERM' : 'SIGKILL');
  tell(starts === 0 ? 'first' : `start ${starts}`, one);
  if (starts > 0) found.push(one);
}
tell('median', {
  seconds: median(found.map(({ seconds }) => seconds)),
  processor: median(found.map(({ processor }) => processor)),
  resident: median(found.map(({ resident }) => resident)),
  own: median(found.map(({ own }) => own)),
});
await postgres.stop();
await rm(folder, { recursive: true, force: true });
process.exit();

async function start(end: NodeJS.Signals) {
  const port = await freePort();
  const log = openSync(join(folder, 'shop.log'), 'a');
  const began = performance.now();
  const child = spawn(process.execPath, [...options, 'src/main.ts', given.role], {
    env: {
      ...{ PATH: process.env.PATH ?? '', PORT: String(port), HOST: '127.0.0.1' },
      ...{ NODE_ENV: 'production', PUBLIC_URL: 'https://shop.example' },
      ...{ DATABASE_URL: postgres.url, DATA_DIR: folder, JWT_SECRET: 'x'.repeat(64) },
      ...{ STRIPE_SECRET_KEY: 'sk_test_start', STRIPE_WEBHOOK_SECRET: 'whsec_start' },
      ...{ SMTP_URL: 'smtp://127.0.0.1:9', NODE_COMPILE_CACHE: join(folder, 'compiled') },
    },
    stdio: ['ignore', log, log],
  });
  const ended = once(child, 'exit');
  while (!(await isReady(port))) await setTimeout(10);
  const seconds = (performance.now() - began) / 1000;
  const processor = (await timeOf(child.pid ?? 0)) / 1e6;
  await setTimeout(Number(given['idle-seconds']) * 1000);
  const { resident, own } = await memoryOf(child.pid ?? 0);
  // Only a process that ends by itself keeps what it compiled.
  child.kill(end);
  await ended;
  return { seconds, processor, resident, own };
}

async function isReady(port: number): Promise<boolean> {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => ({ ok: false }));
  return ok;
}

function tell(
  name: string,
  { seconds, processor, resident, own }: Awaited<ReturnType<typeof start>>,
) {
  process.stdout.write(
    `${name.padEnd(8)} ready in ${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of processor; idle ${resident} MB, of its own ${own} MB; load ${loadavg()[0]?.toFixed(1)}\n`,
  );
}
