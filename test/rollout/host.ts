import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../../deploy/rollout/config.ts';
import type { Colour, State } from '../../deploy/rollout/state.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { startStripeStandIn } from '../../src/dev/stripe/stand-in.ts';
import { root } from '../deploy/compose.ts';

export const ADMIN = { email: 'admin@example.test', password: 'administrator' };
const WEBHOOK_SECRET = 'whsec_of_the_tests';

/** How a proxy is told of releases. */
export interface ToldProxy {
  readonly url: string;
  readonly entry: ProxyConfig;
}

export interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

export interface Host {
  readonly standInUrl: string;
  /** Runs the program as its users do. */
  rollout(...args: string[]): Run;
  /** Where the program keeps what it knows. */
  readonly folder: string;
  state(): Promise<State>;
  /** Has it know something else. */
  write(content: State | string): Promise<void>;
  readonly urls: Readonly<Record<Colour, string>>;
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/** A host with two places for processes of a shop behind a proxy, and a Stripe that outlives them. */
export async function openHost(
  databaseUrl: string,
  proxy: ToldProxy,
  limits: Record<string, number>,
): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-rollout-'));
  const standIn = await startStripeStandIn({
    ...{ port: 0, host: '127.0.0.1', dataDir: folder },
    ...{ webhookUrl: `${proxy.url}/api/webhooks/stripe`, webhookSecret: WEBHOOK_SECRET },
  });
  const ports = { blue: await freePort(), green: await freePort() };
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const address = (port: number) => ({ url: url(port), upstream: `127.0.0.1:${port}` });
  await mkdir(join(folder, 'data'));
  await writeFile(
    join(folder, 'shop.env'),
    Object.entries({
      DATABASE_URL: databaseUrl,
      DATA_DIR: join(folder, 'data'),
      STRIPE_SECRET_KEY: 'sk_test_tests',
      STRIPE_API_BASE: standIn.url,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      JWT_SECRET: 'a secret of the tests, long enough to sign with',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      PUBLIC_URL: proxy.url,
      DEMO_CATALOGUE: 'off',
      RATE_LIMIT: 'off',
      // A machine that carries all of this on two processors is slow, and nothing here is about that.
      LOAD_SHEDDING: 'off',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    })
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  );
  const config = join(folder, 'rollout.json');
  await writeFile(
    config,
    JSON.stringify({
      folder: 'state',
      proxy: proxy.entry,
      instances: { kind: 'processes', env: 'shop.env', ports, role: 'all' },
      addresses: { blue: address(ports.blue), green: address(ports.green) },
      limits,
    }),
  );
  const inState = (name: string) => readFile(join(folder, 'state', name), 'utf8');

  function rollout(...args: string[]): Run {
    const child = spawn(
      process.execPath,
      [join(root, 'deploy/rollout/main.ts'), ...args, '--config', config],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child, said: () => said, ended };
  }

  return {
    standInUrl: standIn.url,
    rollout,
    folder: join(folder, 'state'),
    state: async () => JSON.parse(await inState('state.json')),
    async write(content) {
      await mkdir(join(folder, 'state'), { recursive: true });
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(join(folder, 'state/state.json'), text);
    },
    urls: { blue: url(ports.blue), green: url(ports.green) },
    logs: async () =>
      (
        await Promise.all(['blue.log', 'green.log'].map((name) => inState(name).catch(() => '')))
      ).join(),
    async stop() {
      for (const pid of placesOf(join(folder, 'state'))) process.kill(pid, 'SIGKILL');
      await standIn.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Whatever runs in places of this host, however a test ended. */
function placesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`ROLLOUT_PLACE=${folder}#`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** A visitor as the shop's cookie knows them. */
export const newVisitor = () => randomBytes(32).toString('base64url');
