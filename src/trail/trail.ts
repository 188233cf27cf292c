import { sql } from 'kysely';
import type { Db, Tx } from '../database/database.ts';
import { isId, newId } from '../shared/ids.ts';
import { type Actor, correlationId, currentActor } from '../telemetry/context.ts';
import { acts, type Noted } from './acts.ts';
import { columnsOf, hashOf } from './chain.ts';

export interface TrailTables {
  trail: {
    /** 1, 2, 3, … without a gap. */
    position: number;
    id: string;
    occurred_at: Date;
    actor_kind: Actor['kind'];
    actor_id: string | null;
    act: Noted['act'];
    subject_kind: string;
    subject_id: string | null;
    detail: unknown;
    correlation_id: string | null;
    address: string | null;
    previous_hash: Buffer;
    hash: Buffer;
  };
  trail_head: { id: boolean; position: number; previous_hash: Buffer; hash: Buffer };
}

/** What a row tells beside the act itself. */
interface Circumstances {
  readonly at: Date;
  readonly actor: Actor;
  readonly network: string | null;
  readonly correlationId: string | null;
}

/**
 * Notes an act in the transaction that does it: both commit or neither. Who acts is who is signed in. The row gets
 * the next position under the lock of the chain's head, which is held until the commit: call it last.
 */
export function note(tx: Tx, act: Noted): Promise<void> {
  const { actor, network } = currentActor();
  return append(tx, act, {
    at: new Date(),
    actor: act.actor ?? actor,
    network,
    correlationId: correlationId(),
  });
}

/** Adds a row to the end of the chain, in the caller's transaction. */
export async function append(
  tx: Tx,
  { act, subject, detail }: Pick<Noted, 'act' | 'subject'> & { detail: object },
  { at, actor, network, correlationId: cause }: Circumstances,
): Promise<void> {
  // In one spelling, so that all acts on a subject are found: addresses take ids in capitals too.
  const subjectId = subject !== null && isId(subject) ? subject.toLowerCase() : subject;
  const hash = hashOf({
    ...columnsOf('new'),
    position: sql`head.position + 1`,
    previousHash: sql`head.hash`,
  });
  await sql`
    WITH new AS MATERIALIZED (
      SELECT ${newId()}::uuid AS id, ${at}::timestamptz AS occurred_at, ${actor.kind}::text AS actor_kind,
        ${actor.id}::uuid AS actor_id, ${act}::text AS act, ${acts[act].about}::text AS subject_kind,
        ${subjectId}::text AS subject_id, ${JSON.stringify(detail)}::jsonb AS detail,
        ${cause}::text AS correlation_id, ${network}::text AS address
    ), moved AS (
      UPDATE trail_head AS head SET position = head.position + 1, previous_hash = head.hash, hash = ${hash}
      FROM new
      RETURNING head.position, head.previous_hash, head.hash
    )
    INSERT INTO trail (position, previous_hash, hash, id, occurred_at, actor_kind, actor_id, act, subject_kind,
      subject_id, detail, correlation_id, address)
    SELECT moved.*, new.* FROM moved, new`.execute(tx);
}

/** The end of the chain: whoever keeps it elsewhere can prove later that nothing before it was changed. */
export interface TrailHead {
  readonly position: number;
  /** Hex. */
  readonly hash: string;
}

/** The end of the chain as it is now. */
export async function trailHead(db: Db): Promise<TrailHead> {
  const { position, hash } = await db
    .selectFrom('trail_head')
    .select(['position', 'hash'])
    .executeTakeFirstOrThrow();
  return { position, hash: hash.toString('hex') };
}
