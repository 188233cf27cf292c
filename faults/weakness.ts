import { sql } from 'kysely';
import type { Violation } from './check/violation.ts';
import type { Kind, Scene } from './kinds/kind.ts';
import type { Options } from './options.ts';
import type { Strike } from './schedule.ts';

/** From here on a run must have struck with everything that there is. */
const LONG_MINUTES = 5;
const MUST_HAPPEN = [
  'orders placed',
  'orders refused for stock',
  'orders cancelled',
  'orders paid',
  'orders expired',
  'orders fulfilled',
  'sessions paid',
  'late money',
  'refunds made',
  'cards declined',
  'stock adjusted',
  'processes killed',
];

/**
 * What makes a run prove nothing: a fault that never struck, a thing that never happened. And what no checker of data
 * sees: a process that ended by itself.
 */
export async function weaknesses({
  scene,
  options,
  planned,
  struck,
  skipped,
  late,
  kinds,
}: {
  scene: Scene;
  options: Options;
  planned: readonly Strike[];
  /** Whose turn came too late. */
  late: readonly string[];
  struck: ReadonlyMap<string, number>;
  skipped: Readonly<Record<string, string>>;
  kinds: readonly Kind[];
}): Promise<Violation[]> {
  const { world, history } = scene;
  await countOutcomes(scene);
  const names = new Set(
    options.minutes >= LONG_MINUTES
      ? kinds.map(({ name }) => name)
      : planned.map(({ name }) => name).filter((name) => !late.includes(name)),
  );
  const idle = [...names].filter((name) => !struck.get(name));
  const missing =
    options.only === null ? MUST_HAPPEN.filter((what) => !history.counters.get(what)) : [];
  const absent = process.env.CI === 'true' ? Object.entries(skipped) : [];
  const ends = [...world.processes.values()].flatMap((one) => one.ends);
  return [
    ...idle.map((name) => ({ check: 'weak run', what: `${name} never struck` })),
    ...missing.map((what) => ({ check: 'weak run', what: `there were no ${what}` })),
    ...absent.map(([name, why]) => ({ check: 'weak run', what: `${name} was skipped: ${why}` })),
    ...ends
      .filter(({ byItself }) => byItself)
      .map(({ name, code, signal }) => ({
        check: 'processes live on',
        what: `${name} ended by itself with ${code ?? signal}`,
      })),
  ];
}

/** What only the database knows the number of. */
async function countOutcomes({ world, history }: Scene): Promise<void> {
  const { rows } = await sql<Record<string, number>>`
    SELECT
      (SELECT count(*) FROM outbox_events WHERE type = 'order.paid') AS "orders paid",
      (SELECT count(*) FROM outbox_events WHERE type = 'order.expired') AS "orders expired",
      (SELECT count(*) FROM outbox_events) AS "events recorded",
      (SELECT count(*) FROM refunds WHERE origin = 'automatic')
        + (SELECT count(*) FROM outbox_events WHERE type = 'order.paid' AND payload -> 'late' = 'true')
        AS "late money"`.execute(world.database.db);
  for (const [name, value] of Object.entries(rows[0] ?? {})) history.count(name, value);
  history.count('mails received', world.mail.recipients.length);
  history.count('events received by the merchant', world.merchant.received.size);
}
