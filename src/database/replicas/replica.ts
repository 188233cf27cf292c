import type pg from 'pg';
import { inRounds, within } from '../../shared/rounds.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createDb, type Db } from '../database.ts';
import { createPool } from '../pool.ts';
import type { createLagClock, Lag } from './lag.ts';
import { covers, type Replayed, replayedBy, type WalPosition } from './wal-position.ts';

/** What is asked of replicas. */
export interface ReplicaLimits {
  /** How often each is looked at; one that does not answer for as long is away. */
  readonly lookEveryMs: number;
  /** One that lacks more than this is read from no more… */
  readonly mostLagSeconds: number;
  /** …until it lacks no more than this. From here on nobody waits for it either. */
  readonly wellAgainSeconds: number;
  /** How long a read waits for the position that it needs. */
  readonly waitMs: number;
}

/** Why a replica is not read from. */
type Trouble = 'unreachable' | 'not a standby' | 'another history' | 'behind';

export type Replica = ReturnType<typeof createReplica>;

const POLL_MS = 5;
const NOWHERE: WalPosition = { timeline: 0, bytes: 0 };

/** One standby: a pool for reads, and a connection by which it is looked at however busy that is. */
export function createReplica(
  url: () => string,
  {
    max,
    instanceId,
    limits,
    logger,
    onRefused,
  }: {
    max: number;
    instanceId: string;
    limits: ReplicaLimits;
    logger: Logger;
    onRefused: () => void;
  },
) {
  const { host } = new URL(url());
  const options = { logger, onRefused, connectTimeoutMs: limits.lookEveryMs };
  const pools = [
    createPool(url, { ...options, max, name: 'mainstay reads' }),
    createPool(url, { ...options, max: 1, name: 'mainstay replica check' }),
  ] as const;
  const sockets = pools.map((pool) => socketsOf(pool, forget));
  const [db, watch] = pools.map(createDb) as [Db, Db];
  const look = inRounds(() => replayedBy(watch, instanceId));
  let reached: WalPosition = NOWHERE;
  let lag: Lag | null = null;
  let trouble: Trouble | null = 'unreachable';
  let missed = 0;

  function judge(seen: Replayed, now: Lag, primary: WalPosition | null): Trouble | null {
    if (!seen.standby) return 'not a standby';
    // What has not even seen that this process began may be of any.
    if (seen.timeline !== 0 && seen.timeline !== primary?.timeline) return 'another history';
    const most = trouble === null ? limits.mostLagSeconds : limits.wellAgainSeconds;
    return seen.timeline !== 0 && now.caughtUp && now.seconds <= most ? null : 'behind';
  }

  function stands(found: Trouble | null): void {
    if (found === trouble) return;
    const about = { replica: host, lagSeconds: lag?.seconds };
    if (found === null) logger.info(about, 'replica is read from');
    else logger.warn({ ...about, trouble: found }, 'replica is not read from');
    trouble = found;
  }

  /** One that crashed may begin again before the place where it was. */
  function forget(): void {
    reached = NOWHERE;
  }

  /** Twice without an answer: what hangs on its connections fails, and is asked elsewhere. */
  function miss(): void {
    forget();
    lag = null;
    missed += 1;
    stands('unreachable');
    if (missed >= 2) hangUp();
  }

  function hangUp(): void {
    for (const one of sockets) for (const client of one) client.connection.stream.destroy();
  }

  return {
    name: host,
    db,
    isWell: () => trouble === null,
    lag: () => lag,

    /** Whether it is known to show everything before a position. What it has replayed once, it has replayed. */
    isAt: (position: WalPosition) => covers(reached, position),

    /** How promising it is to wait for: the bytes it has replayed, or null where it lacks too much. */
    promise: (): number | null =>
      (lag?.seconds ?? Number.POSITIVE_INFINITY) <= limits.wellAgainSeconds ? reached.bytes : null,

    /** Looks how it does. */
    async check(clock: ReturnType<typeof createLagClock>): Promise<void> {
      try {
        const seen = await within(limits.lookEveryMs, look());
        reached = seen;
        missed = 0;
        lag = clock.of(seen.bytes, performance.now());
        stands(judge(seen, lag, clock.latest()));
      } catch (error) {
        logger.debug({ err: error, replica: host }, 'replica does not answer');
        miss();
      }
    },

    /** Waits, for as long as a read may, until it shows everything before a position; false where it does not. */
    async reaches(position: WalPosition): Promise<boolean> {
      const until = performance.now() + limits.waitMs;
      for (let left = limits.waitMs; left > 0; left = until - performance.now()) {
        const seen = await within(left, look()).catch(() => null);
        if (seen === null) return false;
        reached = seen;
        if (covers(seen, position)) return true;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      return false;
    },

    async close(): Promise<void> {
      // Nobody looks again, and a pool waits for what is under way: for longer than a process may take to stop.
      if (missed > 0) hangUp();
      await Promise.all([db.destroy(), watch.destroy()]);
    },
  };
}

type Connected = pg.PoolClient & { readonly connection: { readonly stream: { destroy(): void } } };

/** The connections of a pool that stand; what is lost is told. */
function socketsOf(pool: pg.Pool, onLost: () => void): ReadonlySet<Connected> {
  const open = new Set<Connected>();
  pool.on('connect', (client) => {
    open.add(client as Connected);
    client.on('error', onLost);
  });
  pool.on('remove', (client) => open.delete(client as Connected));
  return open;
}
