import { repeat } from '../../shared/repeat.ts';
import { inRounds, within } from '../../shared/rounds.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Db } from '../database.ts';
import { isOfTheServer } from '../failures.ts';
import { createLagClock } from './lag.ts';
import { createReplica, type Replica, type ReplicaLimits } from './replica.ts';
import { positionOfPrimary, type Since, type WalPosition } from './wal-position.ts';

/** Where reads go that may be answered by a replica. */
export interface Reads {
  /** Whether there are replicas at all: without them nobody needs to carry a position. */
  readonly replicated: boolean;
  /**
   * Reads on a replica that shows what `since` asks for, or else on the primary; once more there where the replica
   * goes away meanwhile. So `read` must have no effect but its answer, and nothing that is decided by it may change
   * money, stock or access: that reads the primary, in the transaction that writes.
   */
  at<T>(since: Since, read: (db: Db) => Promise<T>): Promise<T>;
  /** The primary's position now, at or after whatever it has acknowledged before. */
  position(): Promise<WalPosition>;
}

export const REPLICA_LIMITS: ReplicaLimits = {
  lookEveryMs: 1000,
  mostLagSeconds: 5,
  wellAgainSeconds: 1,
  waitMs: 50,
};

/**
 * How long the primary is waited for to tell its position, as for a connection: whoever asks while it hangs would wait
 * for the round under way, and then for their own.
 */
const POSITION_WITHIN_MS = 5_000;

/** Every read goes to the primary, at no cost. */
export function primaryReads(primary: Db): Reads {
  return {
    replicated: false,
    at: (_since, read) => read(primary),
    position: () => positionOfPrimary(primary),
  };
}

export interface ReplicaDeps {
  readonly primary: Db;
  /** Each asked for every new connection. */
  readonly urls: readonly (() => string)[];
  /** Connections to each replica. */
  readonly max: number;
  /** The row of `instances` that this process keeps. */
  readonly instanceId: string;
  /** Called when a replica refuses who connects. */
  readonly onRefused: () => void;
  readonly logger: Logger;
  readonly metrics: ReadMetrics;
  readonly limits?: ReplicaLimits;
}

type ReadMetrics = Pick<Metrics, 'reads' | 'replicaWait' | 'watchReplicas'>;

/** Spreads reads over replicas by how they do. They are looked at once a second, until it is stopped. */
export async function startReads({
  limits = REPLICA_LIMITS,
  ...deps
}: ReplicaDeps): Promise<Reads & { stop(): Promise<void> }> {
  const { primary, urls, logger, metrics } = deps;
  const replicas = urls.map((url) => createReplica(url, { ...deps, limits }));
  const ask = inRounds(() => positionOfPrimary(primary));
  const position = () => within(POSITION_WITHIN_MS, ask());
  const clock = createLagClock();
  metrics.watchReplicas(() =>
    replicas.map((one) => ({ replica: one.name, well: one.isWell(), lag: one.lag() })),
  );

  async function look(): Promise<void> {
    const asked = performance.now();
    // While the primary is away its last known place is what replicas are held against.
    const latest = await within(limits.lookEveryMs, ask()).catch(() => null);
    if (latest) clock.note(latest, asked);
    await Promise.all(replicas.map((one) => one.check(clock)));
  }

  const choose = chooser(replicas, { metrics, position });
  await look();
  const rounds = repeat(limits.lookEveryMs, look, (error) =>
    logger.error({ err: error }, 'replicas could not be looked at'),
  );
  return {
    replicated: true,
    position,

    async at(since, read) {
      const chosen = await choose(since);
      if (typeof chosen !== 'string')
        try {
          const answer = await read(chosen.db);
          metrics.reads.inc({ target: 'replica', reason: since === null ? 'recent' : 'position' });
          return answer;
        } catch (error) {
          if (!isOfTheServer(error)) throw error;
          logger.warn({ err: error, replica: chosen.name }, 'read asked again on the primary');
        }
      const reason = typeof chosen === 'string' ? chosen : 'failed';
      metrics.reads.inc({ target: 'primary', reason });
      return read(primary);
    },

    async stop() {
      await rounds.stop();
      await Promise.all(replicas.map((one) => one.close()));
    },
  };
}

/** Chooses a replica for a read, or says why none. */
function chooser(
  replicas: readonly Replica[],
  { metrics, position }: { metrics: ReadMetrics; position: () => Promise<WalPosition> },
) {
  let turn = 0;
  /** Those that are well, each in its turn the first. */
  const well = (): Replica[] => {
    turn = (turn + 1) % replicas.length;
    return [...replicas.slice(turn), ...replicas.slice(0, turn)].filter((one) => one.isWell());
  };

  return async (since: Since): Promise<Replica | 'no_replica' | 'lagging'> => {
    const [first, ...others] = well();
    if (first === undefined) return 'no_replica';
    if (since === null) return first;
    const wanted = since === 'now' ? await position() : since;
    const there = [first, ...others].find((one) => one.isAt(wanted));
    if (there) return there;
    const nearest = [first, ...others]
      .map((one) => ({ one, bytes: one.promise() }))
      .reduce((best, next) => ((next.bytes ?? -1) > (best.bytes ?? -1) ? next : best));
    if (nearest.bytes === null) return 'lagging';
    const stop = metrics.replicaWait.startTimer();
    const reached = await nearest.one.reaches(wanted);
    stop();
    return reached ? nearest.one : 'lagging';
  };
}
