import fc from 'fast-check';

/** How many of a kind are remembered. */
const KEPT = 40;
const NOTHING = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';
const REF = /^ref:([^:]+):(\d+):(.*)$/s;

/**
 * A stand-in for what answers have told under that name by the time it is sent, or `otherwise` while they told
 * nothing; `soon` is a time of the next months.
 */
export function ref(
  kind: string,
  otherwise: fc.Arbitrary<string> = fc.constant(NOTHING),
): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(1000), otherwise).map(([nth, text]) => `ref:${kind}:${nth}:${text}`);
}

/** What a name says of the thing whose id it is: `variantId` → `variants`; other names stand for themselves. */
export function kindNamed(name: string): string {
  if (!name.endsWith('Id')) return name;
  const thing = name.slice(0, -2);
  return thing.endsWith('y') ? `${thing.slice(0, -1)}ies` : `${thing}s`;
}

/**
 * What earlier answers told: ids by kind, other texts by their name; to whom, and to anybody. `isSecret` says what must
 * not be passed on, as it would turn up in what belongs to somebody else.
 */
export function createKnowledge(isSecret: (text: string) => boolean) {
  const pools = new Map<string, string[]>();

  function learn(kind: string, text: string): void {
    if (text === '' || text.length > 300 || isSecret(text)) return;
    const pool = pools.get(kind) ?? [];
    if (pool.includes(text)) return;
    pool.push(text);
    if (pool.length > KEPT) pool.splice(1 + (pool.length % 7), 1);
    pools.set(kind, pool);
  }

  /** Takes in an answer to somebody about things of a kind. */
  function learnFrom(value: unknown, kind: string, who: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, found] of Object.entries(value)) {
      if (Array.isArray(found))
        for (const item of found) learnFrom(item, name === 'data' ? kind : name, who);
      else if (typeof found === 'object') learnFrom(found, kindNamed(`${name}Id`), who);
      else if (typeof found === 'string') {
        const named = nameOf(name, kind);
        learn(named, found);
        learn(`${named} of ${who}`, found);
      }
    }
  }

  function textOf(text: string, who: string): string {
    const [, kind, given, otherwise] = REF.exec(text) ?? [];
    if (kind === undefined) return text;
    const nth = Number(given);
    if (kind === 'soon') return new Date(Date.now() + (nth + 1) * 3_600_000).toISOString();
    // Half of the time one's own.
    const own = nth % 2 === 0 ? pools.get(`${kind} of ${who}`) : undefined;
    const pool = own ?? pools.get(kind) ?? [];
    return pool[Math.floor(nth / 2) % pool.length] ?? otherwise ?? NOTHING;
  }

  /** A value with every stand-in replaced by what somebody was told. */
  function resolve(value: unknown, who: string): unknown {
    if (typeof value === 'string') return textOf(value, who);
    if (Array.isArray(value)) return value.map((item) => resolve(item, who));
    if (typeof value !== 'object' || value === null) return value;
    const made = {};
    for (const [name, item] of Object.entries(value))
      Object.defineProperty(made, name, { value: resolve(item, who), enumerable: true });
    return made;
  }

  /** Nobody asks any more for what is gone, or not on purpose. */
  function forget(id: string): void {
    for (const [kind, pool] of pools)
      if (pool.includes(id))
        pools.set(
          kind,
          pool.filter((known) => known !== id),
        );
  }

  return { learnFrom, resolve, forget };
}

function nameOf(name: string, kind: string): string {
  if (name === 'id') return kind;
  return name === 'nextCursor' ? 'cursor' : kindNamed(name);
}
