import { declarationOf } from './declared.model.ts';
import { type Flag, onlyVariantOf } from './flags.model.ts';

/** What should be looked at about a flag. */
export interface FlagFinding {
  readonly key: string;
  readonly kind: 'settled' | 'orphaned' | 'unset';
  /** For people: what is so, and what to do. */
  readonly text: string;
}

/** A flag that gives everybody the same for so long has done its work. */
export const SETTLED_AFTER_DAYS = 30;

const DAY_MS = 24 * 3600 * 1000;

/** What is to be tidied up: flags that have settled, those that the code lost, and those that nobody has set. */
export function findingsOf(flag: Flag, now: Date): FlagFinding | null {
  const declaration = declarationOf(flag.key);
  const { key } = flag;
  if (declaration === undefined)
    return {
      key,
      kind: 'orphaned',
      text: 'The code no longer asks for it: once no older version runs, set it back.',
    };
  if (flag.changedAt === null)
    return {
      key,
      kind: 'unset',
      text: `Nobody has set it: everybody gets ${declaration.default}.`,
    };
  const days = Math.floor((now.getTime() - flag.changedAt.getTime()) / DAY_MS);
  const only = onlyVariantOf(flag, declaration);
  // A switch of the shop is there for the day on which it is needed.
  if (declaration.scope === 'shop' || only === null || days < SETTLED_AFTER_DAYS) return null;
  return {
    key,
    kind: 'settled',
    text: `Everybody has got ${only} for ${days} days: ${declaration.owner} may take the flag out of the code.`,
  };
}
