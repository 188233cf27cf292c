import { hostname } from 'node:os';
import { type Generated, sql } from 'kysely';
import { newId } from '../shared/ids.ts';
import { repeat } from '../shared/repeat.ts';
import { version } from '../telemetry/version.ts';
import type { Db } from './database.ts';
import { timelineNow } from './replicas/wal-position.ts';

export interface InstanceTables {
  instances: {
    id: string;
    role: string;
    version: string;
    host: string;
    connections: Generated<number>;
    /** The history of the primary's log that the row was last written on. */
    timeline: Generated<number>;
    started_at: Generated<Date>;
    seen_at: Generated<Date>;
  };
}

/** A process of the shop, as it says itself. */
export interface Instance {
  readonly role: string;
  readonly version: string;
  readonly host: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

const SAYS_SO_EVERY_MS = 5000;
/** A process that did not say that it runs for so long does not. */
export const GONE_AFTER_SECONDS = 20;

/**
 * Says again and again that this process runs, until it stops. A database that is away is told later.
 * @param connections how many it may open to the database's server
 * @param timed whether the row says on which history of the log it was written: replicas are known by it
 */
export async function keepInstance(
  db: Db,
  { role, connections, timed }: { role: string; connections: number; timed: boolean },
  onError: (error: unknown) => void,
): Promise<{ readonly id: string; stop(): Promise<void> }> {
  const id = newId();
  const say = async () => {
    await sql`
      INSERT INTO instances (id, role, version, host, connections, timeline)
      VALUES (${id}, ${role}, ${version}, ${hostname()}, ${connections}, ${timed ? timelineNow : 0})
      ON CONFLICT (id) DO UPDATE SET seen_at = now(), timeline = excluded.timeline`.execute(db);
  };
  await say();
  const rounds = repeat(SAYS_SO_EVERY_MS, say, onError);
  return {
    id,
    async stop() {
      await rounds.stop();
      await db.deleteFrom('instances').where('id', '=', id).execute().catch(onError);
    },
  };
}

/** The processes that run, the oldest first. */
export async function readInstances(db: Db): Promise<Instance[]> {
  const { rows } = await sql<Instance>`
    SELECT role, version, host, started_at AS "startedAt", seen_at AS "seenAt" FROM instances
    WHERE seen_at > now() - make_interval(secs => ${GONE_AFTER_SECONDS}) ORDER BY started_at`.execute(
    db,
  );
  return rows;
}

/** Forgets processes that ended without a word. */
export async function forgetInstances(db: Db): Promise<void> {
  await sql`DELETE FROM instances WHERE seen_at < now() - interval '1 day'`.execute(db);
}
