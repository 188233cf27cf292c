import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/database.ts';
import type { Order } from '../../src/modules/orders/orders.model.ts';
import { assertWithinLimit } from '../../src/modules/payments/refund-limits.service.ts';
import { type RefundRequest, refundOrder } from '../../src/modules/payments/refunds.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { askedOfStripe } from './stripe.ts';
import { type BareShop, openBareShop, usd } from './support.ts';

let shop: BareShop;
beforeAll(async () => {
  shop = await openBareShop();
});
afterAll(() => shop.drop());

const refund = ({ id }: Order, given: Pick<RefundRequest, 'actorId'> & Partial<RefundRequest>) =>
  refundOrder(
    { db: shop.db, stripe: askedOfStripe().gateway, metrics: shop.metrics },
    { orderId: id, amount: null, reason: '', claim: null, ...given },
  );

describe('who may refund', () => {
  /** Somebody of the staff with a role's limits. */
  async function member(limits: Record<string, number> | null): Promise<string> {
    const [id, roleId] = [await shop.person(), newId()];
    const refund_limits = limits === null ? null : JSON.stringify(limits);
    const permissions = ['refunds:read' as const, 'refunds:write' as const];
    await shop.db
      .insertInto('staff_roles')
      .values({ id: roleId, name: roleId, permissions, refund_limits })
      .execute();
    await shop.db
      .updateTable('users')
      .set({ role: 'staff', staff_role_id: roleId })
      .where('id', '=', id)
      .execute();
    return id;
  }
  const may = (actorId: string, amount: number, currency = 'USD') =>
    inTransaction(shop.db, (tx) => assertWithinLimit(tx, actorId, { amount, currency }));
  const forbidden = (message: string) => expect.objectContaining({ code: 'forbidden', message });

  it('is whoever works here: owners, and roles without a limit, any amount', async () => {
    await expect(may(await shop.person('admin'), 1e9)).resolves.toBeUndefined();
    await expect(may(await member(null), 1e9)).resolves.toBeUndefined();
    for (const nobody of [await shop.person(), newId()])
      await expect(may(nobody, 1)).rejects.toThrow(forbidden('Only people who work here refund.'));
  });

  it('is held to the limit of their role in a day, and told what is left of it', async () => {
    const clerk = await member({ USD: 1500 });
    const [one, two] = [await shop.paid(), await shop.paid()];
    await refund(one, { actorId: clerk });
    await expect(refund(two, { actorId: clerk, amount: usd(501) })).rejects.toThrow(
      forbidden('Your role allows refunds of $15.00 within 24 hours; $5.00 of it is left.'),
    );
    expect((await refund(two, { actorId: clerk, amount: usd(500) })).kind).toBe('refund');
    await expect(may(clerk, 1)).rejects.toThrow(
      forbidden('Your role allows refunds of $15.00 within 24 hours; $0.00 of it is left.'),
    );
    await expect(may(await member({ USD: 1500 }), 1500)).resolves.toBeUndefined();
  });

  it('whose limit was lowered meanwhile has nothing left, not less than nothing', async () => {
    const clerk = await member({ USD: 1000 });
    await refund(await shop.paid(), { actorId: clerk });
    const refund_limits = JSON.stringify({ USD: 10 });
    await shop.db
      .updateTable('staff_roles')
      .set({ refund_limits })
      .where('name', '=', (eb) =>
        eb
          .selectFrom('users')
          .select(sql<string>`staff_role_id::text`.as('id'))
          .where('id', '=', clerk),
      )
      .execute();
    await expect(may(clerk, 1)).rejects.toThrow(
      forbidden('Your role allows refunds of $0.10 within 24 hours; $0.00 of it is left.'),
    );
  });

  it('refunds in no currency that their role does not name', async () => {
    const clerk = await member({ USD: 1500, EUR: 0 });
    for (const currency of ['EUR', 'JPY'])
      await expect(may(clerk, 1, currency)).rejects.toThrow(
        forbidden(`Your role does not allow refunds in ${currency}.`),
      );
  });
});
