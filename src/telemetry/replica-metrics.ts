import type { Lag } from '../database/replicas/lag.ts';
import type { MetricKinds } from './metric-kinds.ts';

/** How a replica does, as this process sees it. */
export interface ReplicaState {
  /** Its host and port. */
  readonly replica: string;
  /** Whether it is read from. */
  readonly well: boolean;
  /** null while it is not known. */
  readonly lag: Lag | null;
}

/** Reads that may go to a replica, and the replicas. Nothing is counted where there are none. */
export function replicaMetrics({ counter, read, seconds }: MetricKinds) {
  let states = (): readonly ReplicaState[] => [];
  const lagIn = (unit: 'seconds' | 'bytes') =>
    function collect(this: { reset(): void; set(labels: object, value: number): void }) {
      this.reset();
      for (const { replica, lag } of states()) if (lag) this.set({ replica }, lag[unit]);
    };

  read(
    'database_replica_lag_seconds',
    'For how long a replica has lacked something that was committed, in seconds; absent while it does not answer.',
    lagIn('seconds'),
    'replica',
  );
  read(
    'database_replica_lag_bytes',
    'How much of the primary’s log a replica has not replayed; absent while it does not answer.',
    lagIn('bytes'),
    'replica',
  );
  read(
    'database_replica_healthy',
    'Whether this process reads from a replica: 1, or 0.',
    function collect() {
      this.reset();
      for (const { replica, well } of states()) this.set({ replica }, well ? 1 : 0);
    },
    'replica',
  );

  return {
    /** How the replicas do now. */
    replicas: (): readonly ReplicaState[] => states(),
    /** Says how to see the replicas. */
    watchReplicas(see: () => readonly ReplicaState[]): void {
      states = see;
    },
    /**
     * By where they were answered, and why: on a replica as any recent one would do, or as it has a position; on the
     * primary as no replica is well (no_replica), none has the position (lagging), or it failed there (failed).
     */
    reads: counter(
      'database_reads_total',
      'Reads that may go to a replica, by target and reason.',
      'target',
      'reason',
    ),
    replicaWait: seconds(
      'database_replica_wait_seconds',
      'Time that reads waited for a replica to replay the position that they need, in seconds.',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1],
    ),
  };
}
