import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What waits for an administrator, as all instances see it. */
export interface OpenWork {
  /** By kind. */
  readonly findings: Readonly<Record<string, number>>;
  /** Rows that break an invariant, by the audit's check. */
  readonly violations: Readonly<Record<string, number>>;
  /** By severity. */
  readonly tasks: Readonly<Record<string, number>>;
  /** When all was last compared; null: never. */
  readonly lastSuccess: Date | null;
}

/** Events of Stripe that are not applied yet. */
export interface WebhookBacklog {
  readonly waiting: number;
  /** How long the oldest of them has waited, in seconds; 0 where none does. */
  readonly oldestSeconds: number;
  /** Kept for a person: money that does not match, or an event that cannot be applied. */
  readonly parked: number;
}

/** The connections of a pool. */
export interface PoolState {
  readonly max: number;
  readonly busy: number;
  readonly idle: number;
  /** Requests for a connection that wait. */
  readonly waiting: number;
}

type Collect = (this: Gauge) => void | Promise<void>;

/** Short ways to declare metrics in a registry. */
export function metricKinds(registry: Registry) {
  const registers = [registry];
  return {
    counter<L extends string = never>(name: string, help: string, ...labelNames: L[]) {
      return new Counter({ name, help, labelNames, registers });
    },
    /** A counter that is kept elsewhere: its values by label, read when it is scraped. */
    count(name: string, help: string, label: string, values: () => Record<string, number>) {
      return new Counter({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [key, value] of Object.entries(values())) this.inc({ [label]: key }, value);
        },
      });
    },
    gauge<L extends string = never>(name: string, help: string, ...labelNames: L[]) {
      return new Gauge({ name, help, labelNames, registers });
    },
    /** A gauge whose value is asked for when it is scraped. */
    read(name: string, help: string, collect: Collect, ...labelNames: string[]) {
      return new Gauge({ name, help, labelNames, registers, collect });
    },
    seconds<L extends string = never>(
      name: string,
      help: string,
      buckets: number[],
      ...labelNames: L[]
    ) {
      return new Histogram({ name, help, labelNames, buckets, registers });
    },
  };
}

/** One number for each value of a label. */
export function labelled(name: string, numbers: Readonly<Record<string, number>>) {
  return Object.entries(numbers).map(([key, value]) => ({ labels: { [name]: key }, value }));
}
