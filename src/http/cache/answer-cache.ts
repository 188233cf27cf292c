import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Change } from '../../database/changes.ts';
import type { AnswerCounts } from '../../telemetry/traffic-metrics.ts';
import type { RouteClass } from '../limits/route-classes.ts';

/** What an answer shows, so that it is let go when any of it changes. */
export interface Shown {
  readonly variantIds: readonly string[];
  /** Whether which products it shows hangs on what is in stock. */
  readonly selectedByStock: boolean;
}

/** The route that gave an answer: how it is limited and measured. */
export interface AnsweringRoute {
  readonly template: string;
  /** Of the address, without its query. */
  readonly path: string;
  readonly routeClass: RouteClass;
}

/** A body that was loaded, and what it shows. */
export interface Loaded {
  readonly body: string;
  readonly shown: Shown;
  readonly route: AnsweringRoute;
}

/** An answer in one encoding, as it goes over the wire. */
export interface Form {
  readonly body: Buffer;
  /** Strong: each encoding has its own (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Names and values in turn of what every answer with it bears; null until the first one was sent. */
  headers: readonly string[] | null;
}

export interface Answer {
  readonly plain: Form;
  readonly shown: Shown;
  readonly route: AnsweringRoute;
  /** The encodings that were asked for. */
  readonly encoded: Map<string, Form>;
}

export interface AnswerCache {
  /** An answer that is valid now, or undefined. */
  get(address: string): Answer | undefined;
  /** The answer, loaded where there is none: once for all who ask meanwhile. @throws what `load` throws */
  getOrLoad(address: string, load: () => Promise<Loaded>): Promise<Answer>;
  /** Lets go of what a change touches: nobody who asks from here on sees what was before it. */
  invalidate(change: Change): void;
  /** How often it was asked, by what came of it. */
  counts(): AnswerCounts;
  /** Lets go of everything, and keeps answers no longer than so many milliseconds from here on. */
  distrust(keepMs: number): void;
}

/** The answers of some thousand addresses. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What a change by other hands than the shop's (psql, another version) takes to be seen at most, in milliseconds. */
export const KEEP_MS = 5000;
/** The same while changes of other processes may be missed. */
export const KEEP_UNSURE_MS = 1000;

interface Flight {
  readonly answer: Promise<Answer>;
  /** What changed since it began: it may have read what was before. */
  readonly stale: { everything: boolean; readonly variantIds: Set<string> };
}

/** Answers that processes share. */
export interface SharedAnswers {
  /** What any process has loaded, or else the outcome of `load`, which is kept for the others. */
  getOrLoad(address: string, load: () => Promise<Loaded>): Promise<Shared>;
}

/** An answer, and for how many milliseconds more it may be kept where another process has loaded it. */
export interface Shared {
  readonly loaded: Loaded;
  readonly leftMs?: number;
}

const NOT_SHARED: SharedAnswers = {
  getOrLoad: async (_address, load) => ({ loaded: await load() }),
};

/**
 * Answers of this process that are the same for everybody, the longest unused forgotten first. Until it is told that
 * every change is heard, they are not kept for long.
 */
export function createAnswerCache({
  maxBytes = MAX_BYTES,
  shared = NOT_SHARED,
}: {
  maxBytes?: number;
  shared?: SharedAnswers;
} = {}): AnswerCache {
  let keepMs = KEEP_UNSURE_MS;
  const byVariant = new Map<string, Set<string>>();
  const byStock = new Set<string>();
  const latest = new Map<string, Flight>();
  const flying = new Set<Flight>();
  const counts = { remembered: 0, joined: 0, shared: 0, loaded: 0 };
  const answers = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    ttl: KEEP_MS,
    ttlResolution: 100,
    sizeCalculation: sizeOf,
    dispose: ({ shown }, address) => unindex(address, shown),
  });

  function index(address: string, { variantIds, selectedByStock }: Shown): void {
    if (selectedByStock) byStock.add(address);
    for (const id of variantIds) {
      const addresses = byVariant.get(id);
      if (addresses) addresses.add(address);
      else byVariant.set(id, new Set([address]));
    }
  }

  function unindex(address: string, { variantIds }: Shown): void {
    byStock.delete(address);
    for (const id of variantIds) {
      const addresses = byVariant.get(id);
      addresses?.delete(address);
      if (addresses?.size === 0) byVariant.delete(id);
    }
  }

  async function fly(address: string, load: () => Promise<Loaded>): Promise<Answer> {
    const stale = { everything: false, variantIds: new Set<string>() };
    let leftMs = Number.POSITIVE_INFINITY;
    const loading = shared.getOrLoad(address, load).then((found) => {
      counts[found.leftMs === undefined ? 'loaded' : 'shared'] += 1;
      leftMs = found.leftMs ?? leftMs;
      return toAnswer(found.loaded);
    });
    const flight = { answer: loading, stale };
    latest.set(address, flight);
    flying.add(flight);
    try {
      const answer = await loading;
      if (isCurrent(answer.shown, stale)) {
        answers.set(address, answer, { ttl: Math.min(keepMs, leftMs) });
        index(address, answer.shown);
      }
      return answer;
    } finally {
      flying.delete(flight);
      if (latest.get(address) === flight) latest.delete(address);
    }
  }

  return {
    get(address) {
      const answer = answers.get(address);
      if (answer) counts.remembered += 1;
      return answer;
    },
    async getOrLoad(address, load) {
      const known = answers.get(address);
      const flight = latest.get(address);
      if (known) counts.remembered += 1;
      else if (flight) counts.joined += 1;
      return known ?? flight?.answer ?? fly(address, load);
    },
    counts: () => ({ ...counts, bytes: answers.calculatedSize }),
    invalidate({ catalogue, variantIds }) {
      // Who asks from here on must not join a load that began before.
      latest.clear();
      for (const { stale } of flying) {
        if (catalogue) stale.everything = true;
        for (const id of variantIds) stale.variantIds.add(id);
      }
      if (catalogue) {
        answers.clear();
        return;
      }
      const touched = [
        ...byStock,
        ...[...variantIds].flatMap((id) => [...(byVariant.get(id) ?? [])]),
      ];
      for (const address of touched) answers.delete(address);
    },
    distrust(ms) {
      keepMs = ms;
      latest.clear();
      for (const { stale } of flying) stale.everything = true;
      answers.clear();
    },
  };
}

/** What an answer takes, in bytes, about: whoever asks for many small ones at long addresses fills memory too. */
function sizeOf({ plain, shown }: Answer, address: string): number {
  return 1000 + 2 * address.length + 2 * plain.body.length + 100 * shown.variantIds.length;
}

function isCurrent({ variantIds, selectedByStock }: Shown, stale: Flight['stale']): boolean {
  if (stale.everything) return false;
  if (selectedByStock && stale.variantIds.size > 0) return false;
  return !variantIds.some((id) => stale.variantIds.has(id));
}

function toAnswer({ body, ...loaded }: Loaded): Answer {
  return { ...loaded, plain: toForm(Buffer.from(body)), encoded: new Map() };
}

/** A body as it goes over the wire, under a tag of its own. */
export function toForm(body: Buffer): Form {
  return { body, etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"`, headers: null };
}
