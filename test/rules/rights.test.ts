import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertWritesAreRead,
  beyond,
  OWNER,
  placeOf,
  type Standing,
} from '../../src/modules/staff/staff.model.ts';
import type { Money } from '../../src/shared/money.ts';
import {
  areas,
  type Permission,
  permissions,
  permissionsOf,
} from '../../src/shared/permissions.ts';

const some = fc.subarray([...permissions]);
const refusal = (path: string, message: string) =>
  expect.objectContaining({ code: 'validation_failed', errors: [{ path, message }] });

describe('what somebody may do', () => {
  it('is read and written apart, in every area', () => {
    expect(permissions).toHaveLength(2 * areas.length);
    expect(new Set(permissions).size).toBe(permissions.length);
    expect(permissions).toEqual(
      expect.arrayContaining(['refunds:write', 'audit:read', 'stock:read']),
    );
  });

  it('is everything for owners, their role’s for staff, and nothing for customers', () => {
    fc.assert(
      fc.property(some, (role) => {
        expect([...permissionsOf('admin', role)]).toEqual(permissions);
        expect([...permissionsOf('staff', role)]).toEqual(role);
        expect([...permissionsOf('customer', role)]).toEqual([]);
      }),
    );
  });
});

describe('a role', () => {
  it('that writes what it cannot read is refused, naming both', () => {
    expect(() => assertWritesAreRead(['stock:read', 'stock:write'], 'permissions')).not.toThrow();
    expect(() => assertWritesAreRead(['stock:read'], 'permissions')).not.toThrow();
    expect(() => assertWritesAreRead([], 'permissions')).not.toThrow();
    expect(() => assertWritesAreRead(['orders:read', 'stock:write'], 'scopes')).toThrow(
      refusal('scopes', 'stock:write needs stock:read too.'),
    );
  });

  it('belongs to every member of the staff and to no owner', () => {
    expect(placeOf('staff', 'r')).toEqual({ role: 'staff', roleId: 'r' });
    expect(placeOf('admin', 'r')).toEqual({ role: 'admin', roleId: null });
    for (const missing of [null, undefined, ''])
      expect(() => placeOf('staff', missing)).toThrow(refusal('roleId', 'Choose a role.'));
  });
});

describe('who gives rights to others', () => {
  const member = (own: Permission[], refundLimits: Money[] | null = null): Standing => ({
    role: 'staff',
    roleId: 'r',
    permissions: new Set(own),
    refundLimits,
  });
  const usd = (amount: number): Money => ({ amount, currency: 'USD' });
  const eur = (amount: number): Money => ({ amount, currency: 'EUR' });
  /** What of a role of refunders goes beyond somebody who may refund within limits themselves. */
  const refunds = (own: Money[] | null, theirs: Money[] | null) =>
    beyond(member(['refunds:read', 'refunds:write'], own), {
      permissions: ['refunds:read', 'refunds:write'],
      refundLimits: theirs,
    });

  it('gives what they have themselves, and no more', () => {
    fc.assert(
      fc.property(some, some, (own, wanted) => {
        const missing = wanted.filter((permission) => !own.includes(permission));
        expect(beyond(member(own), { permissions: wanted, refundLimits: null })).toEqual(missing);
      }),
    );
  });

  it('and owns the shop gives everything', () => {
    const owner: Standing = { role: 'admin', roleId: null, ...OWNER };
    expect(beyond(owner, { permissions, refundLimits: null })).toEqual([]);
  });

  it('lets nobody refund more than they may themselves', () => {
    expect(refunds([usd(100)], [usd(100)])).toEqual([]);
    expect(refunds([usd(100), eur(50)], [eur(50)])).toEqual([]);
    expect(refunds([usd(100)], [])).toEqual([]);
    expect(refunds(null, [usd(1e6)])).toEqual([]);
    expect(refunds(null, null)).toEqual([]);
    const higher = ['higher refund limits'];
    expect(refunds([usd(100)], [usd(101)])).toEqual(higher);
    expect(refunds([usd(100)], [usd(100), eur(1)])).toEqual(higher);
    expect(refunds([usd(100), eur(50)], [usd(100), eur(51)])).toEqual(higher);
    expect(refunds([usd(100)], null)).toEqual(higher);
    expect(refunds([], [usd(1)])).toEqual(higher);
  });

  it('is not held to refund limits of roles that refund nothing', () => {
    const role = { permissions: ['orders:read'] as const, refundLimits: null };
    expect(beyond(member(['orders:read'], [usd(1)]), role)).toEqual([]);
  });

  it('who may not refund gives neither refunds nor their limits', () => {
    const role = { permissions: ['refunds:write'] as const, refundLimits: null };
    expect(beyond(member([], []), role)).toEqual(['refunds:write', 'higher refund limits']);
  });
});
