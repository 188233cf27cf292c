import { createDb } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import type { PostgresServer } from '../support/postgres-server.ts';
import type { TestShop } from '../support/shop.ts';

/** A handle on a server's shop database, as `startShop` takes one that outlives it. */
export function databaseOf({ url }: PostgresServer) {
  const db = createDb(createPool(url, { max: 3, logger: createLogger('silent') }));
  return { url, db, drop: async () => undefined };
}

/** One address of several servers, the first of which is the primary for as long as it lives. */
export function addressOf(...named: PostgresServer[]): string {
  const url = new URL(named[0]?.url ?? '');
  const hosts = named.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return `${url.protocol}//${url.username}:${url.password}@${hosts}${url.pathname}?target_session_attrs=read-write`;
}

/** The value of a metric's series, 0 where there is none. */
export async function metric(shop: TestShop, name: string, labels = ''): Promise<number> {
  const { body } = await shop.api('GET', '/metrics');
  return String(body)
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** How many reads a shop has answered from replicas, or from the primary for a reason. */
export const reads = (shop: TestShop, target: 'replica' | 'primary', reason = '') =>
  metric(shop, 'database_reads_total{', `target="${target}",reason="${reason}`);

/** Whether a shop reads from its only replica. */
export const isRead = async (shop: TestShop) =>
  (await metric(shop, 'database_replica_healthy{')) === 1;

/** Asks again and again, several at a time, until it is told to stop; returns the answers' statuses. */
export function keepAsking(ask: () => Promise<{ status: number }>, atOnce = 4) {
  const statuses: number[] = [];
  let stopped = false;
  const askers = Array.from({ length: atOnce }, async () => {
    while (!stopped) statuses.push((await ask()).status);
  });
  return {
    asked: () => statuses.length,
    async stop(): Promise<number[]> {
      stopped = true;
      await Promise.all(askers);
      return statuses;
    },
  };
}
