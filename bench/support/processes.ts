import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import packageJson from '../../package.json' with { type: 'json' };
import { freePort } from '../../src/dev/free-port.ts';
import { memoryOf } from './memory.ts';

/** A shop as a process of its own. */
export interface ShopProcess {
  readonly url: string;
  /** Of the administrator. */
  readonly token: string;
  readonly processId: number;
  /** What it holds of the machine's memory, in megabytes. */
  memory(): Promise<number>;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
}

/** Made by each start. */
export const ADMIN = { email: 'bench@example.test', password: 'benchmark-password' };

/** The options of Node.js with which `npm start` runs it. */
const OF_NPM_START: readonly string[] = packageJson.scripts.start.match(/--\S+/g) ?? [];

/** What the process is: a role of the shop, all of it unless told, and the control group that it begins in. */
interface Kind {
  readonly role?: 'web' | 'worker';
  readonly group?: string;
}

/** Starts a shop that limits nobody and logs into a file; resolves when it is ready. */
export async function openShop(
  env: Readonly<Record<string, string>>,
  logPath: string,
  { role, group }: Kind = {},
): Promise<ShopProcess> {
  const log = openSync(logPath, 'a');
  const port = env.PORT ?? (await freePort());
  // Pods bring their own.
  const options = env.NODE_OPTIONS?.includes('semi-space') ? [] : OF_NPM_START;
  const command = [process.execPath, ...options, 'src/main.ts', ...(role ? [role] : [])];
  const enter = group === undefined ? '' : `echo $$ > ${group}/cgroup.procs && `;
  const child = spawn('sh', ['-c', `${enter}exec "$@"`, 'sh', ...command], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      STRIPE_STANDIN_PORT: '0',
      RATE_LIMIT: 'off',
      // A machine that stands still for seconds is no reason to refuse what is measured.
      LOAD_SHEDDING: 'off',
      RESERVATION_TTL_SECONDS: '86400',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ...env,
    },
    stdio: ['ignore', log, log],
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([isReady(url), ended]);
  if (child.exitCode !== null) throw new Error(`the shop ended; its log is ${logPath}`);
  const { accessToken } =
    role === 'worker' ? { accessToken: '' } : await post(`${url}/api/auth/login`, ADMIN);
  return {
    url,
    token: accessToken,
    processId: child.pid ?? 0,
    async memory() {
      return (await memoryOf(child.pid ?? 0)).resident;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What node:http says by itself. */
const OF_THE_SERVER = ['date', 'connection', 'keep-alive', 'transfer-encoding'];

/** A bare node:http server, as a process of its own, that answers everything as an address answers now. */
export async function openBareServer(
  url: string,
  keptIn: string,
): Promise<Pick<ShopProcess, 'url' | 'stop'>> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  await writeFile(keptIn, Buffer.from(await response.arrayBuffer()));
  const headers = [...response.headers].filter(([name]) => !OF_THE_SERVER.includes(name)).flat();
  await writeFile(`${keptIn}.headers`, JSON.stringify(headers));
  const script = new URL('bare-server.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, keptIn, `${keptIn}.headers`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [port] = await once(createInterface(child.stdout), 'line');
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Posts JSON and returns the answer's. @throws Error where it is refused. */
export async function post(url: string, body: unknown, token?: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}

async function isReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { ok } = await fetch(`${url}/health/ready`).catch(() => ({ ok: false }));
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not become ready`);
}
