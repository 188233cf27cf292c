/** A word that is searched for. */
export interface AskedWord {
  readonly word: string;
  /** One, or those of the parts of a compound too. */
  readonly stems: readonly string[];
  /** Longer stems in descriptions. */
  readonly completions: readonly string[];
  /** Stems of words of names that begin with it, where these are shorter: `run` for `runn`, of running. */
  readonly begun: readonly string[];
  /** Whether names bear or bore a word that begins with it; not asked where it could not be a slip. */
  readonly borne: boolean;
  /** Words of names that it may be a slip of; none where it is borne. */
  readonly near: readonly { readonly word: string; readonly stem: string }[];
}

/** What a tier of a search asks of the index (one to three, each of which must be met), and what it ranks by. */
export interface SearchQuery {
  readonly asked: readonly string[];
  readonly ranked: string;
  /** How many matches are ranked together. Those that are older make the next block, ranked among themselves. */
  readonly blockSize: number;
}

/**
 * Matches of a search that are ranked together: those of a tier that stand after one place and before another in the
 * order of creation. `shown` is score and id of the last that was shown.
 */
export interface Block {
  readonly tier: number;
  readonly before: number;
  readonly after: number;
  readonly shown: readonly [score: number, id: string] | null;
}

/** Slips allowed in a word: one in a short one, three in one of ten letters. */
const allowedSlips = ({ length }: string): number => (length < 6 ? 1 : length < 10 ? 2 : 3);

/** At most so many words stand for one that is mistyped. */
const MOST_CORRECTIONS = 16;

/** The stems of what a mistyped word may have meant: those of the nearest words. */
export function corrections({ word, near }: Pick<AskedWord, 'word' | 'near'>): string[] {
  const reachable = near
    // Itself, where names that are gone bore it.
    .filter((candidate) => candidate.word !== word)
    .map((candidate) => ({ ...candidate, distance: editDistance(word, candidate.word) }))
    .filter(({ distance }) => distance <= allowedSlips(word));
  const least = Math.min(...reachable.map(({ distance }) => distance));
  const nearest = reachable.filter(({ distance }) => distance === least);
  const words = nearest.toSorted((a, b) => (a.word < b.word ? -1 : 1)).slice(0, MOST_CORRECTIONS);
  return [...new Set(words.map(({ stem }) => stem))];
}

/**
 * The two tiers of a search, or none where there is nothing to search for: products whose names (title, vendor, type,
 * tags) bear every word, and then those that bear some in their description alone.
 */
export function searchTiers(words: readonly AskedWord[]): readonly SearchQuery[] {
  const groups = words
    .flatMap(({ word, stems, completions, begun, near }) => {
      const meant = [
        ...new Set([...begun, ...joinedOf(word, words), ...corrections({ word, near })]),
      ];
      return stems.map((stem) => ({
        stem,
        // What bears the parts of a compound is found as well, unless one of these is too small to be asked for.
        implied: stem.includes('-') && stems.length > word.split('-').length,
        inNames: [stem, ...meant.filter((other) => other !== stem)],
        inTexts: [stem, ...completions.filter((longer) => longer.startsWith(stem))],
      }));
    })
    // Long words are rarer as a rule, and the index is walked by the first.
    .toSorted((a, b) => b.stem.length - a.stem.length);
  if (groups.length === 0) return [];
  const needed = groups.filter(({ implied }) => !implied);
  const inNames = needed.map((group) => any(group.inNames.map(beginning)));
  const anywhere = needed.map((group) =>
    any([...group.inNames.map(beginning), ...group.inTexts.map(whole)]),
  );
  const beginnings = groups.map((group) => any(group.inNames.map((stem) => `${quote(stem)}:*`)));
  return [
    { asked: threeAtMost(inNames), ranked: beginnings.join(' & '), blockSize: 100 },
    {
      asked: threeAtMost([`${anywhere[0]} & !(${inNames.join(' & ')})`, ...anywhere.slice(1)]),
      ranked: beginnings.join(' | '),
      // They are further between, so that more of the index is gone through for each.
      blockSize: 50,
    },
  ];
}

/** What names may say for a word that is hyphenated, or is a part of one that is: wifi for wi-fi, wi and fi. */
const joinedOf = (word: string, words: readonly AskedWord[]): string[] =>
  words
    .filter((whole) => whole.word === word || whole.word.split('-').includes(word))
    .flatMap(({ stems }) => stems.filter((stem) => stem.includes('-')))
    .map((stem) => stem.replaceAll('-', ''));

/** The longest beginning of a word that the index holds. */
export const LONGEST_BEGINNING = 20;

/** As the function `search_terms` of the database marks what a product bears. */
const beginning = (stem: string): string =>
  quote(`^${[...stem].slice(0, LONGEST_BEGINNING).join('')}`);
const whole = (stem: string): string => quote(`=${stem}`);

const any = (terms: readonly string[]): string => `(${terms.join(' | ')})`;

/** `newest_places` takes three conditions at most: what is more is joined. */
function threeAtMost([first, second, ...rest]: readonly string[]): string[] {
  const third = rest.length > 0 ? rest.join(' & ') : undefined;
  return [first, second, third].filter((condition) => condition !== undefined);
}

const quote = (term: string): string => `'${term.replace(/['\\]/g, '$&$&')}'`;

/** Two words with one letter changed, added, left out or swapped with its neighbour are at distance 1 (Damerau). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(cost, at(beforeLast, j - 2) + 1) : cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number =>
  row[index] ?? Number.POSITIVE_INFINITY;
