import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/free-port.ts';
import { isListening } from '../support/listening.ts';
import { until } from '../support/until.ts';

const NOBODY = 65_534;

export interface RunningPooler {
  /** The database through it. */
  readonly url: string;
  /** Ends it at once, its connections with it. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The pooler of deploy/pgbouncer, its file as it is but for addresses, places and the size, in front of a database. */
export async function startPooler(databaseUrl: string, size: number): Promise<RunningPooler> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-pgbouncer-'));
  await chmod(folder, 0o755);
  const server = new URL(databaseUrl);
  const url = new URL(databaseUrl);
  url.port = String(await freePort());
  url.password ||= 'none';
  const database = server.pathname.slice(1);
  const given = await readFile(
    join(import.meta.dirname, '../../deploy/pgbouncer/pgbouncer.ini'),
    'utf8',
  );
  const settings = given
    .replace(
      'mainstay = host=postgres port=5432 dbname=mainstay',
      `${database} = host=127.0.0.1 port=${server.port}`,
    )
    .replace('listen_addr = 0.0.0.0', 'listen_addr = 127.0.0.1')
    .replace('listen_port = 6432', `listen_port = ${url.port}`)
    .replace('/etc/pgbouncer', folder)
    .replace('default_pool_size = 20', `default_pool_size = ${size}`);
  await writeFile(join(folder, 'pgbouncer.ini'), settings);
  await writeFile(
    join(folder, 'userlist.txt'),
    `"${url.username}" "${decodeURIComponent(url.password)}"\n`,
  );
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
  let running: ChildProcess;

  async function start(): Promise<void> {
    running = spawn('pgbouncer', ['-q', join(folder, 'pgbouncer.ini')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    await until(() => isListening(Number(url.port)), { what: 'the pooler' });
  }
  async function kill(): Promise<void> {
    const closed = once(running, 'close');
    if (running.kill('SIGKILL')) await closed;
  }

  await start();
  return {
    url: url.toString(),
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
