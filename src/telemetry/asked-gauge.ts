import { Gauge, type Registry } from 'prom-client';

export interface Sample<L extends string> {
  readonly labels?: Readonly<Record<L, string>>;
  readonly value: number;
}

export interface AskedGauge<L extends string> {
  /** Says whom to ask. */
  from(read: () => Promise<readonly Sample<L>[]>): void;
}

const ASKED_EVERY_MS = 5000;

/**
 * A gauge of what all instances share: its values are asked for when it is scraped, every few seconds at most. While
 * they cannot be had it has none, and the scrape goes on.
 */
export function askedGauge<L extends string>(
  registry: Registry,
  about: { name: string; help: string; labelNames: readonly L[] },
): AskedGauge<L> {
  let read: (() => Promise<readonly Sample<L>[]>) | undefined;
  let askedAt = 0;
  const gauge: Gauge<L> = new Gauge({
    ...about,
    labelNames: [...about.labelNames],
    registers: [registry],
    async collect() {
      if (!read || Date.now() - askedAt < ASKED_EVERY_MS) return;
      askedAt = Date.now();
      const samples = await read().catch(() => []);
      gauge.reset();
      // Without labels, a reset leaves a 0.
      if (about.labelNames.length === 0) gauge.remove();
      for (const { labels, value } of samples)
        gauge.set(labels ?? ({} as Record<L, string>), value);
    },
  });
  if (about.labelNames.length === 0) gauge.remove();
  return {
    from(ask) {
      read = ask;
    },
  };
}
