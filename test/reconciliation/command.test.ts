import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEntry } from '../support/process.ts';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const reconcile = (env: Record<string, string> = {}) =>
  runEntry('reconcile.ts', [], {
    DATABASE_URL: shop.databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_tests',
    STRIPE_API_BASE: shop.standInUrl,
    ...env,
  });

describe('npm run reconcile', () => {
  it('ends with 0 where Stripe and the shop agree', async () => {
    const { code, out, err } = await reconcile();
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/\nClean: 0 findings, 0 seen once, to be looked at again\.\n$/);
  });

  it('does nothing where it is told what it does not know', async () => {
    const before = await sql`SELECT FROM reconciliation_runs`.execute(shop.db);
    const env = { DATABASE_URL: shop.databaseUrl };
    for (const [entry, code] of [
      ['reconcile', 2],
      ['flags', 2],
      ['doctor', 1],
    ] as const)
      expect(await runEntry(`${entry}.ts`, ['--dry-run'], env)).toEqual({
        ...{ code, out: '', err: `Usage: npm run ${entry}\n` },
      });
    const after = await sql`SELECT FROM reconciliation_runs`.execute(shop.db);
    expect(after.rows).toHaveLength(before.rows.length);
  });

  it('ends with 1 and what it found where they do not', async () => {
    const { variantId } = await shop.product();
    await sql`UPDATE stock_levels SET on_hand = 99 WHERE variant_id = ${variantId}`.execute(
      shop.db,
    );
    const { code, out } = await reconcile();
    expect(code).toBe(1);
    expect(out).toContain(
      `FINDING stock_differs stock-equals-ledger: variant ${variantId}: on hand 99`,
    );
    expect(out).toMatch(/\nNot clean: 1 finding, 0 seen once, to be looked at again\.\n$/);
  });

  it.each([
    ['Stripe', { STRIPE_API_BASE: 'http://127.0.0.1:9' }],
    ['the database', { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }],
    ['a usable configuration', { STRIPE_API_BASE: 'nowhere' }],
  ])('ends with 2 without %s', async (_what, env) => {
    expect((await reconcile(env)).code).toBe(2);
  });
});
