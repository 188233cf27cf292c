import { sql } from 'kysely';
import type { Db } from '../src/database/database.ts';
import { requestReconciliation } from '../src/modules/reconciliation/status.service.ts';
import { pause } from './wait.ts';
import { PROCESSES, type World } from './world/world.ts';

/** What is still under way, by what it is; empty when the world is quiet. */
export type Unrest = Readonly<Record<string, number>>;

export interface Quiet {
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** What was still under way when the time was over. */
  readonly left: Unrest;
}

const LOOK_EVERY_MS = 1_000;
/** Reconciliation leaves alone what is younger than two minutes. */
const RECONCILE_AFTER_MS = 125_000;
const ASK_AGAIN_MS = 30_000;

/**
 * Waits until nothing is under way any more: every process ready, no order waiting, no job due, no webhook or event
 * unsent, and Stripe's lists read up to now, as an administrator has them read by the button.
 */
export async function waitForQuiet(world: World, withinMs: number): Promise<Quiet> {
  const begun = performance.now();
  const healed = new Date();
  let askAtMs = RECONCILE_AFTER_MS;
  for (;;) {
    const left = await unrestOf(world, healed).catch((error: Error) => ({
      [`look: ${error.message}`]: 1,
    }));
    const ms = performance.now() - begun;
    if (left[UNREAD] && ms > askAtMs) {
      askAtMs = ms + ASK_AGAIN_MS;
      await requestReconciliation(world.database.db, 'admin').catch(() => {});
    }
    if (Object.keys(left).length === 0 || ms > withinMs) return { ms, left };
    await pause(LOOK_EVERY_MS);
  }
}

/** Heals whatever a fault may have left, and lets stopped processes run. */
export async function healWorld(world: World): Promise<void> {
  for (const proxy of [
    world.databaseProxy,
    world.stripe.proxy,
    world.mailProxy,
    world.merchant.proxy,
  ])
    proxy.heal();
  Object.assign(world.merchant, { thinkMs: 0, failWith: null });
  for (const clock of Object.values(world.clocks)) clock.step(0);
  await world.stripe.misbehave({ clear: true });
  for (const name of PROCESSES) world.process(name).signal('SIGCONT');
}

/**
 * Makes what waits for its time wait no longer, as if a quarter of an hour had passed: nothing is repaired by it, only
 * the shop's own sweeps and jobs come due. For runs that are too short to wait.
 */
export async function letTimePass(db: Db): Promise<void> {
  const back = sql`interval '15 minutes'`;
  for (const statement of [
    // Before their jobs, which look at it.
    sql`UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at - ${back}
      WHERE state = 'pending'`,
    sql`UPDATE graphile_worker._private_jobs SET
      run_at = run_at - ${back}, locked_at = locked_at - ${back}`,
    sql`UPDATE checkout_sessions SET created_at = created_at - ${back} WHERE status = 'creating'`,
    sql`UPDATE refunds SET created_at = created_at - ${back} WHERE status = 'pending'`,
    sql`UPDATE webhook_events SET received_at = received_at - ${back} WHERE state = 'received'`,
    sql`UPDATE outbox_events SET next_attempt_at = next_attempt_at - ${back}
      WHERE published_at IS NULL`,
  ])
    await statement.execute(db);
}

/** Jobs that the clock makes; a worker whose clock ran ahead leaves the next hour's, which wait for their time. */
const TURNS_OF_THE_CLOCK = ['sweep_hourly', 'sweep_ledger'];
const UNREAD = 'lists of Stripe to read';

async function unrestOf(world: World, healed: Date): Promise<Unrest> {
  const ready = await Promise.all(
    PROCESSES.map((name) =>
      world
        .process(name)
        .isReady()
        .catch(() => false),
    ),
  );
  const { rows } = await sql<Record<string, number>>`
    SELECT
      (SELECT count(*) FROM orders WHERE status = 'pending') AS "pending orders",
      (SELECT count(*) FROM refunds WHERE status = 'pending') AS "pending refunds",
      (SELECT count(*) FROM webhook_events WHERE state = 'received') AS "events to apply",
      (SELECT count(*) FROM outbox_events WHERE published_at IS NULL AND dead_at IS NULL) AS "events to send",
      (SELECT count(*) FROM graphile_worker.jobs WHERE attempts < max_attempts
        AND task_identifier <> ALL (${TURNS_OF_THE_CLOCK}::text[])) AS "jobs",
      (SELECT 1 - count(*) FROM reconciliation_cursors
        WHERE list = 'events' AND done_until >= ${healed}) AS ${sql.id(UNREAD)},
      (SELECT count(*) FROM checkout_sessions WHERE status IN ('creating', 'open')) AS "payment pages"`.execute(
    world.database.db,
  );
  const unrest = {
    'processes not ready': ready.filter((one) => !one).length,
    'webhooks to deliver': await world.stripe.flush(),
    ...rows[0],
  };
  return Object.fromEntries(Object.entries(unrest).filter(([, count]) => count > 0));
}
