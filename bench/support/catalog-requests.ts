import type pg from 'pg';
import type { ProductFilter, ProductSort } from '../../src/modules/catalog/catalog.service.ts';
import { encodeCursor, type Page } from '../../src/shared/pages.ts';

/** One way to read the catalogue, with what is asked chosen anew each time. */
export interface Reading {
  readonly kind: 'listing' | 'search';
  readonly name: string;
  ask(read: Read): Promise<unknown>;
}

/** Asks a shop for an address below `/api/products` and resolves with the whole answer. */
export type Read = (address: string) => Promise<string>;

/** From 0 up to 1, the same numbers for the same seed (Park and Miller). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * Readings of a filled catalogue, the same mix whatever its size: every filter and order on pages anywhere, and
 * searches for words as its products bear them, common and rare, alone and together, begun and mistyped.
 */
export async function readingsOf(pool: pg.Pool, roll: () => number): Promise<Reading[]> {
  const { rows: products } = await pool.query<Sample>(
    `SELECT id, title, description, vendor, tags, min_price FROM products ORDER BY hashtext(id::text) LIMIT 1000`,
  );
  const { rows: common } = await pool.query<{ word: string }>(
    `SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', title) FROM products ORDER BY id LIMIT 1000')
     WHERE word ~ '^[a-z]{3,}$' ORDER BY ndoc DESC, word LIMIT 100`,
  );
  const pick = <T>(of: readonly T[]): T => of[Math.floor(roll() * of.length)] as T;
  const product = () => pick(products);
  const titleWords = () => wordsOf(product().title);
  const sort = (): ProductSort => pick(['newest', 'oldest', 'price', '-price', 'title']);
  const category = () => `category-${Math.floor(10 * 21 ** roll() - 9)}`;

  const list = (
    name: string,
    filter: () => Partial<ProductFilter> & { sort?: ProductSort; cursor?: string },
  ): Reading => ({
    kind: 'listing',
    name,
    ask: (read) => read(`?${new URLSearchParams(Object.entries(filter()).map(toText))}`),
  });
  const search = (name: string, text: () => string): Reading => ({
    kind: 'search',
    name,
    ask: (read) => read(`/search?${new URLSearchParams({ q: text() })}`),
  });
  return [
    list('all', () => ({ sort: sort() })),
    list('category', () => ({ category: category() })),
    list('category, sorted', () => ({ category: category(), sort: sort() })),
    list('category, in stock, by price', () => ({
      category: category(),
      inStock: true,
      sort: 'price',
    })),
    list('in stock, sorted', () => ({ inStock: true, sort: sort() })),
    list('tag', () => ({ tag: pick(product().tags) })),
    list('tag, sorted', () => ({ tag: pick(product().tags), sort: sort() })),
    list('vendor', () => ({ vendor: product().vendor })),
    list('vendor, by price', () => ({ vendor: product().vendor, sort: 'price' })),
    list('price range', () => rangeFrom(product())),
    list('price range, by price', () => ({ ...rangeFrom(product()), sort: 'price' })),
    list('category, price range', () => ({ category: category(), ...rangeFrom(product()) })),
    list('deep page', () => {
      const { id, title, min_price } = product();
      const by = pick(['newest', 'price', 'title'] as const);
      const key = { newest: [], price: [min_price], title: [title.toLowerCase().slice(0, 60)] };
      return { sort: by, cursor: encodeCursor([...key[by], id]) };
    }),
    search('a common word', () => pick(common).word),
    search('a word of a title', () => pick(titleWords())),
    search('a word of a description', () => pick(wordsOf(product().description))),
    search('two common words', () => `${pick(common).word} ${pick(common).word}`),
    search('two words of a title', () => {
      const words = titleWords();
      return `${pick(words)} ${pick(words)}`;
    }),
    search('words of two titles', () => `${pick(titleWords())} ${pick(titleWords())}`),
    search('three words of a title', () => titleWords().slice(0, 3).join(' ')),
    search('a word of a title and one of its description', () => {
      const { title, description } = product();
      return `${pick(wordsOf(title))} ${pick(wordsOf(description))}`;
    }),
    search('a beginning', () => pick(titleWords()).slice(0, 3 + Math.floor(roll() * 3))),
    search('a mistyped word', () => slip(pick(titleWords()), roll)),
    search(
      'a mistyped word and a common one',
      () => `${slip(pick(titleWords()), roll)} ${pick(common).word}`,
    ),
    search('nothing that is there', () => `qzx${Math.floor(roll() * 1e6).toString(36)}`),
    {
      kind: 'search',
      name: 'the second page',
      ask: async (read) => {
        const q = pick(common).word;
        const first: Page<unknown> = JSON.parse(
          await read(`/search?${new URLSearchParams({ q, limit: '1' })}`),
        );
        const after = first.nextCursor === null ? {} : { cursor: first.nextCursor };
        return read(`/search?${new URLSearchParams({ q, ...after })}`);
      },
    },
  ];
}

interface Sample {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly tags: string[];
  readonly min_price: number;
}

function toText([name, value]: [string, unknown]): [string, string] {
  return [name, String(value)];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\b[a-z]{3,}\b/g) ?? ['kettle'];
}

function rangeFrom({ min_price }: Sample) {
  return { minPrice: min_price, maxPrice: Math.ceil(min_price * 1.1) };
}

/** One letter left out, doubled, changed or swapped with the next. */
function slip(word: string, roll: () => number): string {
  const at = 1 + Math.floor(roll() * (word.length - 2));
  const [head, letter, rest] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
  const slips = [
    head + rest,
    head + letter + letter + rest,
    `${head}q${rest}`,
    head + rest.slice(0, 1) + letter + rest.slice(1),
  ];
  return slips[Math.floor(roll() * slips.length)] ?? word;
}
