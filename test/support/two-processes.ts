import type { Environment } from '../../src/config/environment.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { startShop, type TestShop } from './shop.ts';

/** Two processes of one shop on one database, the second for requests alone and with settings of its own. */
export async function startTwoProcesses(
  env: Environment = {},
  ofOther: Environment = {},
): Promise<{ database: TestDatabase; shop: TestShop; other: TestShop; stop(): Promise<void> }> {
  const database = await createDatabase();
  const shared = { ...database, drop: async () => undefined };
  const shop = await startShop(env, { database: shared });
  const other = await startShop({ ...env, ...ofOther }, { role: 'web', database: shared });
  return {
    ...{ database, shop, other },
    async stop() {
      await other.stop();
      await shop.stop();
      await database.drop();
    },
  };
}
