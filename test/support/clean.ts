import { expect } from 'vitest';
import type { Db } from '../../src/database/database.ts';
import { auditShop } from '../../src/modules/audit/audit.service.ts';

/** Whatever was done to the shop, every invariant holds. */
export async function expectCleanAudit(db: Db): Promise<void> {
  const results = await auditShop(db);
  expect(results.filter(({ severity, count }) => severity === 'finding' && count > 0)).toEqual([]);
}
