import type { Result, Trouble } from './campaign.ts';
import type { Shot } from './shots.ts';
import type { Outcome } from './world.ts';

export type Tally = ReturnType<typeof createTally>;

/** Counts requests by operation and status, and by manner. */
export function createTally(names: readonly string[]) {
  const byOperation = new Map(names.map((name) => [name, new Map<number, number>()]));
  const byManner = new Map<string, number>();
  return {
    byOperation,
    byManner,
    count({ operation, manner }: Shot, { answer }: Outcome): void {
      const counts = byOperation.get(operation);
      counts?.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      byManner.set(manner, (byManner.get(manner) ?? 0) + 1);
    },
    total: () => sum(byManner.values()),
    /** The operations that never answered as if all was well. */
    neverWell: () =>
      [...byOperation].flatMap(([name, counts]) =>
        [...counts.keys()].some((status) => status >= 200 && status < 300) ? [] : [name],
      ),
    untried: () => [...byOperation].flatMap(([name, counts]) => (counts.size === 0 ? [name] : [])),
  };
}

/** A campaign in words: totals, what was found and, of a whole one, a line for each operation. */
export function report(
  { tally, troubles, sequences }: Result,
  { seconds, whole }: { seconds: number; whole: boolean },
): string {
  const statuses = new Map<number, number>();
  for (const counts of tally.byOperation.values())
    for (const [status, count] of counts) statuses.set(status, (statuses.get(status) ?? 0) + count);
  const lines = [...tally.byOperation].map(
    ([name, counts]) => `${name.padEnd(64)} ${told(counts)}`,
  );
  return [
    `${tally.total()} requests in ${sequences} sequences, ${Math.round(seconds)} s`,
    [...tally.byManner].map(([manner, count]) => `${count} ${manner}`).join(', '),
    `by status: ${told(statuses)}`,
    ...(whole ? ['', ...lines, ''] : []),
    `never answered 2xx: ${tally.neverWell().join(', ') || 'none'}`,
    ...troubles.map(troubleInWords),
  ].join('\n');
}

/** What was found, and how to meet it again. */
export function troubleInWords({ check, operation, detail, seed, steps }: Trouble): string {
  return [
    `FOUND ${check}: ${operation}: ${detail}`,
    `  seed ${seed}`,
    ...steps.map((step) => `  ${step}`),
  ].join('\n');
}

function told(counts: ReadonlyMap<number, number>): string {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return sorted.map(([status, count]) => `${status}×${count}`).join(' ');
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
