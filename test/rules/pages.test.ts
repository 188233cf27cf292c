import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  encodeCursor,
  lastSeenId,
  MAX_LIMIT,
  toPage,
} from '../../src/shared/pages.ts';

const opaque = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('gives back what it was made of, and goes into an address as it is', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, fc.maxSafeInteger(), fc.uuid(), (title, position, id) => {
        const cursor = encodeCursor([title, position, id]);
        expect(cursor).toMatch(/^[\w-]*$/);
        expect(decodeCursor(cursor, ['string', 'number', 'id'])).toEqual([title, position, id]);
      }),
    );
  });

  test.each<[string, string, ('string' | 'number' | 'time' | 'id')[]]>([
    ['is no JSON', Buffer.from('no json').toString('base64url'), ['id']],
    ['is empty', '', ['id']],
    ['is no list', opaque({ 0: 'x', length: 1 }), ['string']],
    ['is a text as long as the list', opaque('x'), ['string']],
    ['has a value too few', opaque(['x']), ['string', 'string']],
    ['has a value too many', opaque(['x', 'y']), ['string']],
    ['has a number for a text', opaque([1]), ['string']],
    ['has a text for a number', opaque(['1']), ['number']],
    ['has a fraction for a number', opaque([1.5]), ['number']],
    ['has a number that is not exact', opaque([2 ** 53]), ['number']],
    ['has a text for a time', opaque(['1']), ['time']],
    ['has a time before all', opaque([-1]), ['time']],
    ['has a time that no clock shows', opaque([8.64e15 + 1]), ['time']],
    ['has null', opaque([null]), ['string']],
    ['has a list', opaque([['x']]), ['string']],
    ['has a number for an id', opaque([7]), ['id']],
    ['has no id', opaque(['x']), ['id']],
    ['has more than an id', opaque([`${newId()}'`]), ['id']],
    ['has more before an id', opaque([`'${newId()}`]), ['id']],
    ['has hyphens alone for an id', opaque(['-'.repeat(36)]), ['id']],
    ['has an id without hyphens', opaque(['a'.repeat(36)]), ['id']],
    ['has an id in upper case', opaque([newId().toUpperCase()]), ['id']],
    ['has a text that PostgreSQL refuses', opaque(['a\0b']), ['string']],
    ['is right but for its last value', opaque([newId(), 'x']), ['id', 'number']],
  ])('that %s is refused', (_how, cursor, shape) => {
    expect(() => decodeCursor(cursor, shape)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        message: 'The cursor is not one that a list of this kind returned.',
        errors: [expect.objectContaining({ path: 'cursor' })],
      }),
    );
  });

  it('of a list by id is the id that was seen last; there is none on the first page', () => {
    const id = newId();
    expect(lastSeenId({ cursor: encodeCursor([id]) })).toBe(id);
    expect(lastSeenId({})).toBeNull();
    for (const other of [1, 'x'])
      expect(() => lastSeenId({ cursor: encodeCursor([other]) })).toThrow('The cursor is not one');
  });
});

describe('a list', () => {
  it('is read through by its cursors: every row once, in order, and then the end', () => {
    const rows = fc.array(fc.string(), { maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (titles, limit) => {
        const all = titles.map((title, position) => ({ title, position }));
        const pages: (typeof all)[] = [];
        for (let from = 0, more = true; more; ) {
          // As queries do, with one row too many.
          const fetched = all.slice(from, from + limit + 1);
          const page = toPage(fetched, limit, ({ position }) => [position]);
          pages.push(page.data);
          more = page.nextCursor !== null;
          from = 1 + Number(decodeCursor(page.nextCursor ?? encodeCursor([0]), ['number'])[0]);
        }
        expect(pages.flat()).toEqual(all);
        // Full pages but for the last, which is empty only where the list is.
        expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
      }),
    );
  });

  it('has pages of twenty, and of a hundred at most', () => {
    expect([DEFAULT_LIMIT, MAX_LIMIT]).toEqual([20, 100]);
  });
});
