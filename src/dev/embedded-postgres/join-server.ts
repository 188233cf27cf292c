import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Cluster } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { takeUserLock } from './locks.ts';
import {
  isAlive,
  type LaunchedServer,
  type RecordedServer,
  readRecord,
  servesFolder,
} from './server-process.ts';
import { openSession } from './session.ts';

/** A session in the running server that holds the lock of a user of it. */
export interface Membership {
  client: Client;
  pid: number;
  port: number;
}

/** Why there is no session: no server, one that is starting or stopping, or one that is unlike it. */
interface Absence {
  absent: 'none' | 'busy' | 'silent';
  reason: string;
}

const PATIENCE_MS = 120_000;
const POLL_MS = 20;
/** A living process which so long does not answer as our server is taken for an unrelated one. */
const SILENCE_MS = 3_000;
const LOST_RACE =
  /"postmaster\.pid" (?:already exists|is empty)|shared memory block .* still in use/;
const PORT_TAKEN = /could not create any TCP\/IP sockets/;
const WRONG_PASSWORD = '28P01';

/**
 * Joins the server of a cluster as a user of it, starting one with `launch` where none runs.
 * Whether one runs is decided by its answer and by PostgreSQL's own check of its shared memory;
 * postmaster.pid says only where to look.
 */
export async function joinServer(
  cluster: Cluster,
  applicationName: string,
  launch: (staleId: number | undefined) => Promise<LaunchedServer>,
): Promise<Membership> {
  const begun = Date.now();
  let launched: LaunchedServer | undefined;
  let lastHeard = { pid: 0, at: begun };
  for (;;) {
    const record = await readRecord(cluster.folder);
    const found = await approach(cluster, record, applicationName);
    if (!('absent' in found)) return found;
    const pid = record?.pid ?? 0;
    if (found.absent !== 'silent' || pid !== lastHeard.pid) lastHeard = { pid, at: Date.now() };
    if (launched && !(await isStarting(launched, cluster))) launched = undefined;
    const nobody = found.absent === 'none' || Date.now() - lastHeard.at > SILENCE_MS;
    if (!launched && nobody) launched = await launch(record?.pid);
    if (Date.now() - begun > PATIENCE_MS) throw noAnswer(cluster, record, found);
    await delay(POLL_MS);
  }
}

async function approach(
  cluster: Cluster,
  record: RecordedServer | undefined,
  applicationName: string,
): Promise<Membership | Absence> {
  if (!record || !isAlive(record.pid)) return { absent: 'none', reason: 'no server runs' };
  const ours = await servesFolder(record.pid, cluster.folder);
  if (ours === false)
    return { absent: 'none', reason: 'its process id is used by another program' };
  const { pid, port } = record;
  const unanswered = ours ? 'busy' : 'silent';
  if (!port) return { absent: unanswered, reason: 'it has not opened its port' };
  let client: Client | undefined;
  try {
    client = await openSession(cluster, port, applicationName);
    const folder = await client.query<{ data_directory: string }>('SHOW data_directory');
    if (resolve(folder.rows[0]?.data_directory ?? '') !== cluster.folder) {
      await client.end();
      return { absent: 'silent', reason: 'its port is used by another server' };
    }
    if (await takeUserLock(client)) return { client, pid, port };
    await client.end();
    return { absent: 'busy', reason: 'it is being stopped' };
  } catch (error) {
    if (ours && (error as { code?: string }).code === WRONG_PASSWORD) throw error;
    await client?.end();
    return { absent: unanswered, reason: (error as Error).message };
  }
}

async function isStarting(launched: LaunchedServer, { folder }: Cluster): Promise<boolean> {
  const failure = await launched.failure();
  if (failure === undefined) return true;
  // Another start at the same moment won, or took the port: look again.
  if (LOST_RACE.test(failure) || PORT_TAKEN.test(failure)) return false;
  throw new EmbeddedPostgresError(`PostgreSQL did not start on ${folder}. It says:\n${failure}`);
}

function noAnswer(
  { folder }: Cluster,
  record: RecordedServer | undefined,
  { reason }: Absence,
): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The PostgreSQL server of ${folder} (process ${record?.pid ?? 'unknown'}) cannot be used: ` +
      `${reason}. End that process, then start again.`,
  );
}
