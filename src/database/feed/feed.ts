import type { Change } from '../changes.ts';

/** Tells the other processes of the shop what shoppers may see differently. */
export interface ChangeFeed {
  /** Tells it as soon as it can; what changes while one message is under way goes into the next. */
  publish(change: Change): void;
  close(): Promise<void>;
}

/** What a process does with what it hears. */
export interface Hearing {
  onChange(change: Change): void;
  /** From here on changes may be missed. */
  onLost(): void;
  /** From here on every change is heard. */
  onBack(): void;
}

/** PostgreSQL takes 8000 bytes, of which each id needs 39. */
const MOST_IDS = 180;

/** A change as text, with who tells it. */
export function encodeChange(from: string, { catalogue, flags, variantIds }: Change): string {
  return JSON.stringify({ from, catalogue, flags, variants: [...variantIds] });
}

const ANYTHING: Change = { catalogue: true, flags: true, variantIds: new Set() };

/**
 * The change that another process tells; null for one's own. Whoever may connect may write on the channel, so what
 * cannot be read is a change of anything, and nobody's end.
 */
export function decodeChange(own: string, message: string): Change | null {
  try {
    // The version before says nothing of flags.
    const { from, catalogue, flags = false, variants } = JSON.parse(message);
    return from === own ? null : { catalogue, flags, variantIds: new Set(variants) };
  } catch {
    return ANYTHING;
  }
}

/**
 * Sends one message at a time; what cannot be sent waits, all in one, and that of very many variants as one of
 * everything. `send` rejects where it could not, and is asked again by `flush`.
 */
export function gathered(send: (change: Change) => Promise<void>) {
  let waiting: { catalogue: boolean; flags: boolean; variantIds: Set<string> } | null = null;
  let sending: Promise<void> | null = null;

  function add({ catalogue, flags, variantIds }: Change): void {
    waiting ??= { catalogue: false, flags: false, variantIds: new Set() };
    waiting.flags ||= flags;
    for (const id of variantIds) waiting.variantIds.add(id);
    if (!catalogue && waiting.variantIds.size <= MOST_IDS) return;
    waiting.catalogue = true;
    waiting.variantIds.clear();
  }

  function flush(): void {
    if (sending !== null || waiting === null) return;
    const change = waiting;
    waiting = null;
    sending = send(change)
      .then(
        () => true,
        () => {
          add(change);
          return false;
        },
      )
      .then((sent) => {
        sending = null;
        if (sent) flush();
      });
  }

  return {
    publish(change: Change): void {
      add(change);
      flush();
    },
    flush,
    hasUnsent: () => waiting !== null,
    /** Waits for what is under way. */
    async settle(): Promise<void> {
      while (sending !== null) await sending;
    },
  };
}
