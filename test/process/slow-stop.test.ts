import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { enqueueJob } from '../../src/events/jobs.ts';
import { SEND_PASSWORD_RESET } from '../../src/modules/identity/password-reset.service.ts';
import { startShop } from '../support/shop.ts';
import { startSilentServer } from '../support/silent-server.ts';
import { until } from '../support/until.ts';

it('a worker that waits for a broker at its stop begins no job any more', async () => {
  const broker = await startSilentServer();
  const worker = await startShop(
    { EVENT_BROKER_URL: `kafka://${broker.host}` },
    { role: 'worker' },
  );
  onTestFinished(() => worker.stop());
  // Its administrator is news that the broker is to be sent.
  await until(() => broker.isConnected(), { what: 'the broker asked' });
  let stopped = false;
  const stop = worker.stopServing().then(() => {
    stopped = true;
  });
  await setTimeout(1000);
  await enqueueJob(worker.db, SEND_PASSWORD_RESET, { email: worker.admin.email });
  await setTimeout(2000);
  expect(stopped).toBe(false);
  const { rows } = await sql`SELECT attempts FROM graphile_worker.jobs`.execute(worker.db);
  expect(rows).toEqual([{ attempts: 0 }]);
  await stop;
});
