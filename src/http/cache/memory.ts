import { LRUCache } from 'lru-cache';
import type { Change, Shown } from '../../database/changes.ts';
import type { KeptCounts } from '../../telemetry/traffic-metrics.ts';

/** Something that is kept, and what it shows. */
interface Kept {
  readonly shown: Shown;
}

/** What a load brought, and for how many milliseconds more it may be kept where that was loaded elsewhere before. */
export interface Loading<T> {
  readonly kept: T;
  readonly leftMs?: number | undefined;
}

export interface Memory<T> {
  /** What is kept under a name and valid now, or undefined. */
  get(name: string): T | undefined;
  /** What is kept, loaded where there is nothing: once for all who ask meanwhile. @throws what `load` throws */
  getOrLoad(name: string, load: () => Promise<Loading<T>>): Promise<T>;
  /** Lets go of what a change touches: nobody who asks from here on sees what was before it. */
  invalidate(change: Change): void;
  /** How often it was asked, by what came of it. */
  counts(): KeptCounts;
  /** Lets go of everything, and keeps things no longer than so many milliseconds from here on. */
  distrust(keepMs: number): void;
}

/** What a change by other hands than the shop's (psql, another version) takes to be seen at most, in milliseconds. */
export const KEEP_MS = 5000;
/** The same while changes of other processes may be missed. */
export const KEEP_UNSURE_MS = 1000;

interface Flight<T> {
  readonly outcome: Promise<T>;
  /** What changed since it began: it may have read what was before. */
  readonly stale: { everything: boolean; readonly variantIds: Set<string> };
}

/**
 * What is the same for everybody, in this process, the longest unused forgotten first. Until it is told that every
 * change is heard, nothing is kept for long.
 * @param sizeOf bytes, about, of what is kept itself.
 */
export function createMemory<T extends Kept>({
  maxBytes,
  sizeOf,
}: {
  maxBytes: number;
  sizeOf: (kept: T) => number;
}): Memory<T> {
  let keepMs = KEEP_UNSURE_MS;
  const byVariant = new Map<string, Set<string>>();
  const byStock = new Set<string>();
  const latest = new Map<string, Flight<T>>();
  const flying = new Set<Flight<T>>();
  const counts = { remembered: 0, joined: 0, shared: 0, loaded: 0 };
  const held = new LRUCache<string, T>({
    maxSize: maxBytes,
    ttl: KEEP_MS,
    ttlResolution: 100,
    // Whoever asks for many small things by long names fills memory too.
    sizeCalculation: (kept, name) =>
      1000 + 2 * name.length + 300 * kept.shown.variantIds.length + sizeOf(kept),
    dispose: ({ shown }, name) => unindex(name, shown),
  });

  function index(name: string, { variantIds, selectedByStock }: Shown): void {
    if (selectedByStock) byStock.add(name);
    for (const id of variantIds) {
      const names = byVariant.get(id);
      if (names) names.add(name);
      else byVariant.set(id, new Set([name]));
    }
  }

  function unindex(name: string, { variantIds }: Shown): void {
    byStock.delete(name);
    for (const id of variantIds) {
      const names = byVariant.get(id);
      names?.delete(name);
      if (names?.size === 0) byVariant.delete(id);
    }
  }

  async function fly(name: string, load: () => Promise<Loading<T>>): Promise<T> {
    const stale = { everything: false, variantIds: new Set<string>() };
    let leftMs = Number.POSITIVE_INFINITY;
    const outcome = load().then((found) => {
      counts[found.leftMs === undefined ? 'loaded' : 'shared'] += 1;
      leftMs = found.leftMs ?? leftMs;
      return found.kept;
    });
    const flight = { outcome, stale };
    latest.set(name, flight);
    flying.add(flight);
    try {
      const kept = await outcome;
      if (isCurrent(kept.shown, stale)) {
        held.set(name, kept, { ttl: Math.min(keepMs, leftMs) });
        // What is larger than the whole memory is not held.
        if (held.has(name)) index(name, kept.shown);
      }
      return kept;
    } finally {
      flying.delete(flight);
      if (latest.get(name) === flight) latest.delete(name);
    }
  }

  return {
    get(name) {
      const known = held.get(name);
      if (known) counts.remembered += 1;
      return known;
    },
    async getOrLoad(name, load) {
      const known = held.get(name);
      const flight = latest.get(name);
      if (known) counts.remembered += 1;
      else if (flight) counts.joined += 1;
      return known ?? flight?.outcome ?? fly(name, load);
    },
    counts: () => ({ ...counts, bytes: held.calculatedSize }),
    invalidate({ catalogue, variantIds }) {
      // Who asks from here on must not join a load that began before.
      latest.clear();
      for (const { stale } of flying) {
        if (catalogue) stale.everything = true;
        for (const id of variantIds) stale.variantIds.add(id);
      }
      if (catalogue) {
        held.clear();
        return;
      }
      const touched = [
        ...byStock,
        ...[...variantIds].flatMap((id) => [...(byVariant.get(id) ?? [])]),
      ];
      for (const name of touched) held.delete(name);
    },
    distrust(ms) {
      keepMs = ms;
      latest.clear();
      for (const { stale } of flying) stale.everything = true;
      held.clear();
    },
  };
}

function isCurrent(
  { variantIds, selectedByStock }: Shown,
  stale: Flight<unknown>['stale'],
): boolean {
  if (stale.everything) return false;
  if (selectedByStock && stale.variantIds.size > 0) return false;
  return !variantIds.some((id) => stale.variantIds.has(id));
}
