import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditShop } from '../../src/modules/audit/audit.service.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { errorLinks, openConsole, textOf } from './support.ts';

describe('a parked event', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const park = async (id: string) => {
    await shop.db
      .insertInto('webhook_events')
      .values({
        provider: 'stripe',
        event_id: id,
        type: 'payment_intent.succeeded',
        payload: '{}',
        state: 'parked',
        note: 'money for a session that this shop did not open',
      })
      .execute();
    return `/admin/webhooks/${id}`;
  };
  const row = (id: string) =>
    shop.db
      .selectFrom('webhook_events')
      .selectAll()
      .where('event_id', '=', id)
      .executeTakeFirstOrThrow();
  const parkedInAudit = async () =>
    (await auditShop(shop.db)).find(({ name }) => name === 'webhooks-parked')?.count;

  it('is closed by an administrator who says why, and no longer warned of', async () => {
    const path = await park('evt_closed');
    const console = await openConsole(shop);
    expect(await parkedInAudit()).toBe(1);
    await console.open(path);
    const { status, location } = await console.submit(`${path}/close`, {
      reason: ' Refunded at Stripe: <b>another shop’s</b> session. ',
    });
    expect([status, location]).toEqual([303, path]);
    const closed = await row('evt_closed');
    expect(closed).toMatchObject({
      state: 'closed',
      closed_reason: 'Refunded at Stripe: <b>another shop’s</b> session.',
      note: 'money for a session that this shop did not open',
    });
    expect(closed.closed_at).toBeInstanceOf(Date);
    expect(closed.closed_by).not.toBeNull();
    expect(await parkedInAudit()).toBe(0);
    const page = (await console.open(path)).text;
    expect(textOf(page)).toContain('another shop’s');
    expect(page).not.toContain('<b>another');
    expect(page).not.toContain(`${path}/close`);
    expect((await console.open('/admin/webhooks?state=closed')).text).toContain(path);
  });

  it('stays parked without a reason, and the page asks for one', async () => {
    const path = await park('evt_open');
    const console = await openConsole(shop);
    await console.open(path);
    const { status, text } = await console.submit(`${path}/close`, { reason: '  ' });
    expect(status).toBe(400);
    expect(errorLinks(text)).toEqual(['reason']);
    expect((await row('evt_open')).state).toBe('parked');
  });

  it('is closed once: the second administrator is told', async () => {
    const path = await park('evt_twice');
    const console = await openConsole(shop);
    await console.open(path);
    await console.submit(`${path}/close`, { reason: 'first' });
    const { status, text } = await console.submit(`${path}/close`, { reason: 'second' });
    expect(status).toBe(409);
    expect(textOf(text)).toContain('Only a parked event is closed; this one is closed.');
    expect((await row('evt_twice')).closed_reason).toBe('first');
    expect((await console.submit('/admin/webhooks/evt_none/close', { reason: 'x' })).status).toBe(
      404,
    );
  });
});
