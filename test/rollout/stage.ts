import { sql } from 'kysely';
import { expect } from 'vitest';
import { type Shoppers, sendShoppers } from '../machines/shoppers.ts';
import { createApi } from '../support/api.ts';
import { expectCleanAudit } from '../support/clean.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { ADMIN, type Host, newVisitor, openHost } from './host.ts';
import { caddyForRollouts, nginxForRollouts } from './proxies.ts';
import { openReleases, type Releases } from './releases.ts';

const SHOPPERS = 4;
const start = { nginx: nginxForRollouts, caddy: caddyForRollouts };

export interface Stage {
  readonly host: Host;
  readonly releases: Releases;
  readonly shoppers: Shoppers;
  /** Says what is done to the shop from now on. */
  enter(phase: string): void;
  /** What failed in a phase. */
  failuresIn(phase: string): Shoppers['failures'];
  /** Answers so far. */
  served(): number;
  /** Goes on until a release has answered, or some more orders were placed. */
  untilServedBy(release: string): Promise<void>;
  untilMoreOrders(): Promise<void>;
  /** Lets shoppers come to their end; every order exists once, every payment is settled, the audit finds nothing. */
  expectNothingLost(): Promise<void>;
  close(): Promise<void>;
}

/** A host with a first release on blue, and shoppers who look, order and pay on and on through its proxy. */
export async function openStage(
  kind: 'nginx' | 'caddy',
  limits: Record<string, number>,
): Promise<Stage> {
  const database = await createDatabase();
  const proxy = await start[kind]();
  const releases = await openReleases();
  const host = await openHost(database.url, proxy, limits);
  const first = host.rollout('release', await releases.make('one'), '--version', '1.0.0-one');
  expect([await first.ended, first.said()]).toEqual([0, expect.stringContaining('on blue')]);
  await proxy.reload();
  const { customer, product } = createApi(host.urls.blue, host.standInUrl, ADMIN);
  const board = await product({ stock: 1_000_000 });
  const customers = await Promise.all(Array.from({ length: SHOPPERS }, customer));
  let phase = 'before';
  const shoppers = sendShoppers({
    url: proxy.url,
    standInUrl: host.standInUrl,
    tokens: customers.map(({ token }) => token),
    product: board,
    phase: () => phase,
    visitor: newVisitor,
  });
  const moreOrders = () => {
    const before = shoppers.orders.size;
    return until(() => shoppers.orders.size > before + 5, {
      what: `more orders: ${phase}`,
    });
  };
  await moreOrders();
  return {
    ...{ host, releases, shoppers },
    enter(next) {
      phase = next;
    },
    failuresIn: (of) => shoppers.failures.filter((failure) => failure.phase === of),
    served: () => [...shoppers.releases.values()].reduce((sum, each) => sum + each, 0),
    untilServedBy: (release) =>
      until(() => (shoppers.releases.get(release) ?? 0) > 0, {
        what: `traffic of ${release}`,
      }),
    untilMoreOrders: moreOrders,
    async expectNothingLost() {
      await shoppers.leave();
      const { rows } = await sql<{ id: string }>`SELECT id FROM orders`.execute(database.db);
      expect(rows.map(({ id }) => id).toSorted()).toEqual([...shoppers.orders.values()].toSorted());
      const paid = async () =>
        (
          await sql<{ id: string }>`SELECT id FROM orders WHERE status = 'paid'`.execute(
            database.db,
          )
        ).rows.length;
      await until(async () => (await paid()) === shoppers.paid.size, {
        what: 'every payment',
      });
      await expectCleanAudit(database.db);
    },
    async close() {
      await shoppers.leave();
      await host.stop();
      await proxy.stop();
      await releases.remove();
      await database.drop();
    },
  };
}
