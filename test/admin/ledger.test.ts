import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placePaid } from '../ledger/support.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { nextPage, openConsole, textOf } from './support.ts';

let shop: TestShop;
let admin: Awaited<ReturnType<typeof openConsole>>;
let orders: Awaited<ReturnType<typeof placePaid>>[];
beforeAll(async () => {
  shop = await startShop();
  admin = await openConsole(shop);
  orders = [];
  for (let count = 0; count < 27; count += 1) orders.push(await placePaid(shop, 1000));
  await shop.api('POST', `/api/orders/${orders[0]?.id}/refunds`, {
    token: await shop.adminToken(),
    body: { amount: { amount: 250, currency: 'USD' } },
  });
});
afterAll(() => shop.stop());

const today = () => new Date().toISOString().slice(0, 10);
const since = today();

describe('the ledger’s page', () => {
  test('shows what every account holds', async () => {
    const text = textOf((await admin.open('/admin/ledger')).text);
    expect(text).toMatch(/Stripe balance .*? \$267\.50 \$270\.00 \$2\.50/);
    expect(text).toMatch(/Sales .*? \$267\.50 \$2\.50 \$270\.00/);
    expect(text).toMatch(/Refunds pending .*? \$0\.00 \$2\.50 \$2\.50/);
  });

  test('lists every movement once, page after page', async () => {
    const seen: string[] = [];
    for (let path: string | undefined = '/admin/ledger'; path; ) {
      const { text } = await admin.open(path);
      seen.push(
        ...[...text.matchAll(/<a href="\/admin\/orders\/([^"]+)"/g)].map(([, id]) => `${id}`),
      );
      path = nextPage(text);
    }
    expect(seen).toHaveLength(29);
    expect(new Set(seen)).toEqual(new Set(orders.map(({ id }) => id)));
  });

  test('is filtered by order number and by account', async () => {
    const refunded = orders[0];
    const found = async (query: string) =>
      [...(await admin.open(`/admin/ledger?${query}`)).text.matchAll(/\/admin\/orders\//g)].length;
    expect(await found(`q=${refunded?.number}`)).toBe(3);
    expect(await found(`q=%23${refunded?.number}&account=stripe_balance`)).toBe(2);
    expect(await found('account=refunds_pending')).toBe(2);
    expect(await found('account=manual_receipts')).toBe(0);
    expect(await found('q=nonsense')).toBe(0);
    expect(await found('q=&account=')).toBe(25);
  });

  test('gives a period as CSV, its last day included', async () => {
    const { text } = await admin.open(`/admin/ledger.csv?from=${since}&to=${today()}`);
    const [head, ...lines] = text.trimEnd().split('\n');
    expect(head).toBe(
      'Time (UTC),Transaction,Kind,Order,Debit,Credit,Amount,Currency,Payment,Refund',
    );
    expect(lines).toHaveLength(29);
    expect(lines[0]).toContain(`capture,${orders[0]?.number},Stripe balance,Sales,10.00,USD,`);
    expect(lines.at(-1)).toContain('refund_succeeded');
  });

  test('gives nothing of other days, and says what is wrong with a period', async () => {
    const before = await admin.open('/admin/ledger.csv?from=0001-01-01&to=2020-12-31');
    expect(before.text.trimEnd().split('\n')).toHaveLength(1);
    expect((await admin.open('/admin/ledger.csv?from=2026-02-02&to=2026-02-01')).status).toBe(400);
    expect((await admin.open('/admin/ledger.csv?from=2026-02-30&to=2026-03-01')).status).toBe(400);
  });
});

test('an order’s page shows how its money moved', async () => {
  const text = textOf((await admin.open(`/admin/orders/${orders[0]?.id}`)).text);
  expect(text).toMatch(
    /Ledger .*Refund went out .*Refunds pending Stripe balance \$2\.50 .*Money came in .*Stripe balance Sales \$10\.00/,
  );
});

describe('the ledger’s API', () => {
  test('tells balances and transactions to administrators alone', async () => {
    const token = await shop.adminToken();
    const { body } = await shop.api('GET', '/api/ledger/balances', { token });
    expect(body.data).toEqual([
      {
        account: 'stripe_balance',
        side: 'debit',
        currency: 'USD',
        debits: 27_000,
        credits: 250,
        balance: 26_750,
      },
      {
        account: 'sales',
        side: 'credit',
        currency: 'USD',
        debits: 250,
        credits: 27_000,
        balance: 26_750,
      },
      {
        account: 'refunds_pending',
        side: 'credit',
        currency: 'USD',
        debits: 250,
        credits: 250,
        balance: 0,
      },
    ]);
    const { body: first } = await shop.api(
      'GET',
      '/api/ledger/transactions?account=sales&limit=10',
      {
        token,
      },
    );
    expect(first.data).toHaveLength(10);
    const { body: rest } = await shop.api(
      'GET',
      `/api/ledger/transactions?account=sales&limit=100&cursor=${first.nextCursor}`,
      { token },
    );
    expect(rest.data).toHaveLength(18);
    expect(rest.nextCursor).toBeNull();
    const customer = orders[0]?.token;
    for (const path of ['/api/ledger/balances', '/api/ledger/transactions']) {
      expect((await shop.api('GET', path, { token: customer })).status).toBe(403);
      expect((await shop.api('GET', path)).status).toBe(401);
    }
  });
});
