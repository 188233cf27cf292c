import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { CloudEvent, Consumer } from '../../src/events/consumer.ts';
import { webhookConsumer } from '../../src/modules/webhooks/deliver.service.ts';
import { createEndpoint } from '../../src/modules/webhooks/endpoints.service.ts';
import { newId } from '../../src/shared/ids.ts';
import { inProcessDeps, upTo } from '../events/support.ts';
import { createDatabase } from '../support/database.ts';

/** An event of an order of its own. */
function happened(type: 'order.fulfilled' | 'order.delivered'): CloudEvent {
  const stream = newId();
  return {
    ...{ specversion: '1.0', id: newId(), source: 'https://shop.example.test', type },
    ...{ subject: `order/${stream}`, time: new Date().toISOString(), data: {} },
    ...{ datacontenttype: 'application/json', partitionkey: stream, sequence: '000000000001' },
  };
}

it('events that come together are put in line in their order, while the job that waits for an endpoint can be taken', async () => {
  const { db, drop } = await createDatabase();
  onTestFinished(drop);
  const [all, picky] = await Promise.all(
    [null, ['order.delivered' as const]].map((eventTypes) =>
      createEndpoint(
        db,
        { insecure: true },
        { url: 'http://localhost/hooks', description: '', eventTypes },
      ),
    ),
  );
  const takeable: number[] = [];
  const watcher: Consumer = {
    name: 'watcher',
    types: null,
    async apply() {
      const { rows } = await sql`
        SELECT FROM graphile_worker._private_jobs FOR UPDATE SKIP LOCKED`.execute(db);
      takeable.push(rows.length);
    },
  };
  const { broker } = inProcessDeps(db, webhookConsumer, watcher);
  await broker.publish([happened('order.fulfilled'), happened('order.fulfilled')]);
  const round = upTo(20).map((nth) => happened(nth > 15 ? 'order.delivered' : 'order.fulfilled'));
  await broker.publish(round);
  expect(takeable).toEqual([0, 0, ...round.map(() => 1)]);
  const idsOf = async (endpointId: string | undefined) => {
    const { rows } = await sql<{ event_id: string }>`
      SELECT event_id FROM webhook_deliveries WHERE endpoint_id = ${endpointId} ORDER BY id`.execute(
      db,
    );
    return rows.map(({ event_id }) => event_id);
  };
  expect((await idsOf(all?.id)).slice(2)).toEqual(round.map(({ id }) => id));
  expect(await idsOf(picky?.id)).toEqual(round.slice(15).map(({ id }) => id));
});
