import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** How the kernel counts: hundredths of a second. */
const MICROS_PER_TICK = 10_000;

/** Processor time that processes took so far, in microseconds, by name. */
export type CpuClock = () => Promise<Readonly<Record<string, number>>>;

/** The processor time of a shop, of its PostgreSQL with all backends, and of this process. */
export async function cpuClock(shopId: number, databaseUrl: string): Promise<CpuClock> {
  const postmasterId = await postmasterOf(databaseUrl);
  return async () => {
    const { user, system } = process.cpuUsage();
    return {
      shop: await timeOf(shopId),
      PostgreSQL: await timeOfFamily(postmasterId),
      client: user + system,
    };
  };
}

/** What each took between two looks, over so many pieces of work. */
export function perPiece(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  pieces: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, time]) => [name, (time - (before[name] ?? 0)) / pieces]),
  );
}

async function postmasterOf(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ id: number }>('SELECT pg_backend_pid() AS id');
  const { parent } = await statOf(rows[0]?.id ?? 0);
  await client.end();
  return parent;
}

/** The processor time that a process took so far, in microseconds. */
export async function timeOf(id: number): Promise<number> {
  return (await statOf(id)).own;
}

/** A process, its children, and those of them that ended. */
async function timeOfFamily(id: number): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(ids.map((one) => statOf(one).catch(() => null)));
  const children = all.filter((stat) => stat?.parent === id);
  const { own, ended } = await statOf(id);
  return children.reduce((sum, stat) => sum + (stat?.own ?? 0), own + ended);
}

/** Of /proc/ID/stat; the name before these fields may hold blanks. */
async function statOf(id: number) {
  const text = await readFile(`/proc/${id}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const micros = (...at: number[]) =>
    at.reduce((sum, index) => sum + (fields[index] ?? 0), 0) * MICROS_PER_TICK;
  return { parent: fields[1] ?? 0, own: micros(11, 12), ended: micros(13, 14) };
}
