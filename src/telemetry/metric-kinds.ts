import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

type Collect = (this: Gauge) => void | Promise<void>;

export type MetricKinds = ReturnType<typeof metricKinds>;

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
