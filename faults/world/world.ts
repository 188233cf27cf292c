import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from '../wait.ts';
import { Balancer } from './balancer.ts';
import { Clock } from './clock.ts';
import { Database } from './database.ts';
import { type MailSink, startMailSink } from './mail-sink.ts';
import { Merchant } from './merchant.ts';
import { ShopProcess } from './shop-process.ts';
import { Stripe } from './stripe.ts';
import { TcpProxy } from './tcp-proxy.ts';

export const ADMIN = { email: 'admin@faults.example', password: 'administrator of faults' };
const WEBHOOK_SECRET = 'whsec_of_the_fault_kit';
export const WEB = ['web-1', 'web-2'] as const;
export const WORKERS = ['worker-1', 'worker-2'] as const;
/** The two whose clocks can be stepped. */
export const CLOCKED = ['web-2', 'worker-2'] as const;
export const PROCESSES = [...WEB, ...WORKERS];

const root = join(import.meta.dirname, '../..');
const START_MS = 90_000;

/** A whole shop of separate processes with a network that can be broken, on this machine alone. */
export interface World {
  readonly folder: string;
  /** How long an unpaid order holds its stock, in seconds. */
  readonly reservationSeconds: number;
  readonly database: Database;
  /** Between the shop and PostgreSQL. */
  readonly databaseProxy: TcpProxy;
  readonly stripe: Stripe;
  readonly mail: MailSink;
  /** Between the shop and its mail server. */
  readonly mailProxy: TcpProxy;
  readonly merchant: Merchant;
  /** What webhooks reach the shop through. */
  readonly balancer: Balancer;
  readonly clocks: Readonly<Record<(typeof CLOCKED)[number], Clock>>;
  readonly processes: ReadonlyMap<string, ShopProcess>;
  /** A process of the shop from another folder, not started. */
  makeProcess(name: string, role: string, from?: string): Promise<ShopProcess>;
  /** The process of a name. */
  process(name: string): ShopProcess;
  /** Where shoppers find the shop: every web process, and those of a deploy. */
  readonly webs: ShopProcess[];
  /** Starts the shop's own processes and waits until all are ready. */
  open(): Promise<void>;
  /** Ends everything; with `keep` the folder stays. */
  close(keep: boolean): Promise<void>;
}

/** Builds the world: everything but the shop's own processes runs when this returns. */
export async function buildWorld({
  reservationSeconds,
}: {
  reservationSeconds: number;
}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-faults-'));
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const [databasePort, stripePort] = [await freePort(), await freePort()];
  const ports = await Promise.all(PROCESSES.map(() => freePort()));
  const database = await Database.create(folder, databasePort);
  const databaseProxy = await TcpProxy.start(databasePort);
  const balancer = await Balancer.start();
  const mail = await startMailSink();
  const merchant = await Merchant.start();
  const mailProxy = await TcpProxy.start(mail.port);
  const stripeProcess = new ShopProcess({
    name: 'stripe',
    root,
    args: ['src/dev/stripe/main.ts'],
    port: stripePort,
    logFile: join(logs, 'stripe.log'),
    env: {
      DATA_DIR: join(folder, 'stripe'),
      STRIPE_STANDIN_PORT: String(stripePort),
      STRIPE_STANDIN_WEBHOOK_URL: `http://127.0.0.1:${balancer.port}/api/webhooks/stripe`,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    },
  });
  stripeProcess.start();
  const stripe = new Stripe(stripeProcess.url, await TcpProxy.start(stripePort));
  await until(async () => (await stripe.charges()).length === 0, 'the Stripe stand-in', START_MS);

  const databaseUrl = new URL(database.url);
  databaseUrl.port = String(databaseProxy.port);
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl.toString(),
    JWT_SECRET: 'a secret of the fault kit, long enough to sign with',
    STRIPE_SECRET_KEY: 'sk_test_of_the_fault_kit',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${stripe.proxy.port}`,
    SMTP_URL: `smtp://127.0.0.1:${mailProxy.port}`,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    PUBLIC_URL: `http://127.0.0.1:${balancer.port}`,
    DATA_DIR: join(folder, 'data'),
    DEMO_CATALOGUE: 'off',
    // Processes are started often here; what the first compiled serves the others.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    RATE_LIMIT: 'off',
    ACCESS_TOKEN_TTL_SECONDS: '86400',
    RESERVATION_TTL_SECONDS: String(reservationSeconds),
  };
  const clocks = {
    'web-2': new Clock(join(folder, 'clock-web-2')),
    'worker-2': new Clock(join(folder, 'clock-worker-2')),
  };
  const makeProcess = (name: string, role: string, port: number, from = root) =>
    new ShopProcess({
      name,
      root: from,
      args: ['src/main.ts', role],
      port,
      logFile: join(logs, `${name}.log`),
      env: { ...env, PORT: String(port), ...(name in clocks ? clockEnv(name) : {}) },
    });
  const clockEnv = (name: string) => clocks[name as keyof typeof clocks].env;
  const processes = new Map(
    PROCESSES.map((name, index) => [
      name as string,
      makeProcess(name, name.startsWith('web') ? 'web' : 'worker', ports[index] ?? 0),
    ]),
  );
  const webs: ShopProcess[] = [];
  const extra: ShopProcess[] = [];

  return {
    folder,
    reservationSeconds,
    database,
    databaseProxy,
    stripe,
    mail,
    mailProxy,
    merchant,
    balancer,
    clocks,
    processes,
    webs,
    async makeProcess(name, role, from) {
      const made = makeProcess(name, role, await freePort(), from);
      extra.push(made);
      return made;
    },
    process(name) {
      const found = processes.get(name);
      if (!found) throw new Error(`there is no process ${name}`);
      return found;
    },
    async open() {
      for (const one of processes.values()) one.start();
      for (const one of processes.values())
        await until(() => one.isReady(), `${one.name} ready`, START_MS);
      webs.push(...WEB.flatMap((name) => processes.get(name) ?? []));
      balancer.backends = webs.map(({ port }) => port);
    },
    async close(keep) {
      const ours = [...processes.values(), ...extra, stripeProcess];
      for (const one of ours) one.signal('SIGCONT');
      await Promise.all(ours.map((one) => one.stop(5_000)));
      await Promise.all([
        databaseProxy.close(),
        stripe.proxy.close(),
        mailProxy.close(),
        balancer.close(),
      ]);
      await Promise.all([mail.close(), merchant.close(), database.close()]);
      if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
