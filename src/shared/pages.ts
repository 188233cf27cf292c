import { invalid } from './errors.ts';
import { isId } from './ids.ts';

/** One page of a list, and the cursor of the next or null at the end. */
export interface Page<T> {
  readonly data: T[];
  readonly nextCursor: string | null;
}

/** What was asked of a list: how many, and after which row. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

/** An opaque cursor from the sort values of a page's last row. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Whether it is an id as PostgreSQL writes it. */
const isPlainId = (text: string): boolean => isId(text) && text === text.toLowerCase();

/** Milliseconds since 1970, as far as a Date goes. */
const LATEST = 8.64e15;

/**
 * The sort values inside a cursor; `shape` names the type of each.
 * @throws ShopError validation_failed for anything this shop did not make.
 */
export function decodeCursor(
  cursor: string,
  shape: readonly ('string' | 'number' | 'time' | 'id')[],
): (string | number)[] {
  const bad = invalid('cursor', 'The cursor is not one that a list of this kind returned.');
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw bad;
  }
  if (!Array.isArray(values) || values.length !== shape.length) throw bad;
  for (const [index, kind] of shape.entries()) {
    const value: unknown = values[index];
    const isNumber = kind === 'number' || kind === 'time';
    if (isNumber ? !Number.isSafeInteger(value) : typeof value !== 'string') throw bad;
    if (kind === 'time' && !(Number(value) >= 0 && Number(value) <= LATEST)) throw bad;
    if (kind === 'id' && !isPlainId(String(value))) throw bad;
    if (typeof value === 'string' && value.includes('\0')) throw bad;
  }
  return values;
}

/** The id of the last row that the page before showed, in a list by id; null for the first page. */
export function lastSeenId({ cursor }: Pick<PageRequest, 'cursor'>): string | null {
  return cursor === undefined ? null : String(decodeCursor(cursor, ['id'])[0]);
}

/** Cuts a list fetched with one row too many (`limit + 1`) into a page. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => readonly (string | number)[],
): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last ? encodeCursor(cursorOf(last)) : null };
}
