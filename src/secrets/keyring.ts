import { timingSafeEqual } from 'node:crypto';
import { type SigningKey, signingKey } from './signing-key.ts';

/** The keys that a process knows. What was made with any of them is good; new things are made with one. */
export interface Keyring {
  /** The key to sign with now. */
  signing(): SigningKey;
  /** A key by its id, while what it signed is good; null for every other id. */
  find(id: string): SigningKey | null;
  /** All whose signatures are good now. */
  keys(): readonly SigningKey[];
}

interface Times {
  /** How long a key must have been known before anything is signed with it: by then every process knows it. */
  readonly settleMs: number;
  /** How long what a key signed may live. */
  readonly keepMs: number;
  readonly now?: () => number;
}

interface Held {
  readonly key: SigningKey;
  readonly settledAt: number;
  /** When it is forgotten; null while it is listed. */
  leavesAt: number | null;
}

/**
 * Holds the keys of JWT_SECRET, the newest first, through their rotations. A key that comes is verified with at once
 * and signed with once it has settled; until then the one in use stays, however many others come and go. One that was
 * replaced is kept until what it signed has expired; one that is taken from the list beside the newest goes at once.
 * A process that starts with several takes the last as known to everybody.
 */
export function createKeyring(texts: readonly string[], times: Times) {
  const { settleMs, keepMs, now = Date.now } = times;
  const held = new Map<string, Held>();
  let listed: readonly SigningKey[] = [];
  let current = learn(texts).at(-1) as SigningKey;
  held.set(current.id, { key: current, settledAt: 0, leavesAt: null });

  function learn(next: readonly string[]): readonly SigningKey[] {
    if (next.length === 0) throw new Error('a keyring needs a key');
    const newest = listed[0]?.id;
    listed = next.map(signingKey);
    for (const key of listed) {
      const known = held.get(key.id);
      if (known) known.leavesAt = null;
      else held.set(key.id, { key, settledAt: now() + settleMs, leavesAt: null });
    }
    const takenOut = newest === listed[0]?.id;
    for (const { key, leavesAt } of [...held.values()]) {
      if (leavesAt !== null || isListed(key)) continue;
      if (takenOut && key !== current) held.delete(key.id);
      else retire(key);
    }
    return listed;
  }

  function isListed({ id }: SigningKey): boolean {
    return listed.some((key) => key.id === id);
  }

  /** Others may take up its successor a settling time later than this process. */
  function retire({ id }: SigningKey): void {
    const known = held.get(id);
    if (known) known.leavesAt = now() + settleMs + keepMs;
  }

  function signing(): SigningKey {
    const settled = listed.find(({ id }) => (held.get(id)?.settledAt ?? Infinity) <= now());
    if (settled && settled.id !== current.id) {
      if (!isListed(current)) retire(current);
      current = settled;
    }
    return current;
  }

  function isGood({ key, leavesAt }: Held): boolean {
    return leavesAt === null || leavesAt > now() || key.id === signing().id;
  }

  return {
    /** Takes the keys as they are listed now. */
    learn(next: readonly string[]): void {
      learn(next);
      for (const known of [...held.values()]) if (!isGood(known)) held.delete(known.key.id);
    },
    signing,
    find(id: string): SigningKey | null {
      const known = held.get(id);
      return known && isGood(known) ? known.key : null;
    },
    keys: () => [...held.values()].filter(isGood).map(({ key }) => key),
  };
}

/** Whether a MAC of the text was made with a key that is good; in a time that tells nothing of it. */
export function isMacOf(keyring: Keyring, text: string, given: Buffer): boolean {
  return keyring.keys().some((key) => {
    const expected = key.mac(text);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
