import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '../..');

export interface RunningProcess {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** The exit code, once it has ended; null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Who administers the shops of the tests. */
export const ADMIN = { email: 'admin@example.test', password: 'administrator' };

/** What processes of one shop have in common, on a stand-in for Stripe. */
export function shopEnvironment(standInUrl: string): Record<string, string> {
  return {
    STRIPE_SECRET_KEY: 'sk_test_tests',
    STRIPE_API_BASE: standInUrl,
    JWT_SECRET: 'a secret of the tests, long enough to sign with',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    // The same after a restart, which is on another port: Stripe is asked again in the same words.
    PUBLIC_URL: 'http://localhost:5004',
    DEMO_CATALOGUE: 'off',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
  };
}

/** Has a stand-in for Stripe send its webhooks to a process. */
export async function sendWebhooksTo(standInUrl: string, url: string | undefined): Promise<void> {
  await fetch(`${standInUrl}/_test/webhooks/endpoint`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${url}/api/webhooks/stripe` }),
  });
}

/** What spawned processes need of ours, and nothing of the configuration around the tests. */
function cleanEnvironment(env: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, ...env };
}

/** Starts one of the entries of src/ as npm scripts do. */
export function startEntry(
  entry: string,
  args: readonly string[],
  env: Record<string, string>,
): RunningProcess {
  const child = spawn(process.execPath, [join(root, 'src', entry), ...args], {
    cwd: root,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended };
}

/** Runs an entry to its end. */
export async function runEntry(
  entry: string,
  args: readonly string[],
  env: Record<string, string>,
) {
  const { output, ended } = startEntry(entry, args, env);
  return { code: await ended, ...output };
}

/** A data folder of its own, with the embedded server in it ended at the end. */
export async function makeDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'mainstay-process-'));
  return {
    path,
    async remove() {
      const record = await readFile(join(path, 'postgres/postmaster.pid'), 'utf8').catch(() => '');
      const server = Number.parseInt(record, 10);
      if (server) process.kill(server, 'SIGQUIT');
      await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Starts the real process on a data folder and waits until it is ready. */
export async function startMain(
  dataDir: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
) {
  const port = await freePort();
  const running = startEntry('main.ts', args, {
    DATA_DIR: dataDir,
    PORT: String(port),
    STRIPE_STANDIN_PORT: '0',
    ...env,
  });
  const url = `http://127.0.0.1:${port}`;
  let exited = false;
  void running.ended.then(() => {
    exited = true;
  });
  await until(async () => exited || (await isReady(url)), {
    what: 'readiness',
  }).catch((error: unknown) => {
    running.child.kill('SIGKILL');
    throw error;
  });
  if (exited) throw new Error(`the shop ended: ${running.output.err}`);
  const standInUrl = /stand-in for Stripe at (\S+);/.exec(running.output.out)?.[1] ?? '';
  return { ...running, url, standInUrl };
}

/** Whether a shop says that it can serve. */
async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** The log lines of a process: the JSON objects among what it printed. */
export function logLines({ out }: { out: string }): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
