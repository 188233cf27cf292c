import { expect, it } from 'vitest';
import { rehearseRestore } from '../../rehearsal/restore/drill.ts';
import { findPostgres } from '../../rehearsal/restore/server.ts';
import { describeWith } from '../observability/engines.ts';

describeWith(['pgbackrest'], 'a shop whose order lines were deleted', () => {
  it('is restored to the moment before, with every order, its audit clean and its events sent on', async () => {
    const bin = await findPostgres();
    expect(bin).not.toBeNull();
    const said: string[] = [];
    const outcome = await rehearseRestore(String(bin), {
      orders: 2,
      say: (line) => said.push(line),
    });
    expect(outcome).toMatchObject({ orders: 7, eventsResumed: 1, paymentsHealed: 2 });
    expect(outcome.paymentsForAPerson).toBe(1);
  });
});
