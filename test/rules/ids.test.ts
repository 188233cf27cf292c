import { describe, expect, it, test } from 'vitest';
import { ERASED, ERASED_EMAIL, erasedEmailOf, isErased } from '../../src/shared/erased.ts';
import { invalid, notFound, ShopError } from '../../src/shared/errors.ts';
import { isId, newId } from '../../src/shared/ids.ts';

describe('an id', () => {
  it('is a UUID of version 7, above every one made before it', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(ids.every((id) => isId(id) && id[14] === '7')).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1000);
  });

  it('is known in either case, and nothing else is', () => {
    const id = newId();
    expect([id, id.toUpperCase()].every(isId)).toBe(true);
    const others = [
      '',
      'x',
      ` ${id}`,
      `${id} `,
      `${id}0`,
      `0${id}`,
      id.replaceAll('-', ''),
      `${id}\n`,
    ];
    expect(others.filter(isId)).toEqual([]);
    expect(isId(id.replace(/^./, 'g'))).toBe(false);
  });
});

describe('what is left of an erased account', () => {
  it('is an address that differs from every other and that no mail can reach', () => {
    const [one, two] = [erasedEmailOf('1'), erasedEmailOf('2')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^[^@]+@[^@]+\.invalid$/);
    expect([one, two, ERASED_EMAIL].filter(isErased)).toHaveLength(3);
    expect(isErased('ada@example.com')).toBe(false);
    expect(isErased('erased@erased.invalid.example.com')).toBe(false);
  });

  it('is a word that says so wherever something was written of its owner', () => {
    expect(ERASED).toContain('erased');
  });
});

describe('a refusal', () => {
  it('says what was looked for, or which field to change', () => {
    expect(notFound('The order')).toMatchObject({
      code: 'not_found',
      message: 'The order was not found.',
    });
    expect(invalid('items.0.quantity', 'At most 9.')).toMatchObject({
      code: 'validation_failed',
      message: 'At most 9.',
      errors: [{ path: 'items.0.quantity', message: 'At most 9.' }],
    });
  });

  test('keeps its cause and tells how to go on', () => {
    const cause = new Error('the cause');
    const told = { retryAfterSeconds: 3, members: { confirmAt: '/here' }, cause };
    expect(new ShopError('conflict', 'No.', told)).toMatchObject(told);
    const bare = new ShopError('conflict', 'No.');
    expect(bare).toMatchObject({ members: {}, errors: undefined, retryAfterSeconds: undefined });
  });
});
