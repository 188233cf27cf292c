import { expect, it, onTestFinished } from 'vitest';
import { enqueueJob } from '../../src/events/jobs.ts';
import { RECONCILE } from '../../src/modules/reconciliation/status.service.ts';
import { createDatabase } from '../support/database.ts';
import { logLines, makeDataDir, startMain } from '../support/process.ts';
import { startSilentServer } from '../support/silent-server.ts';
import { until } from '../support/until.ts';

it('a worker that is told to stop gives up an answer of Stripe that never comes, and ends with 0', async () => {
  const database = await createDatabase();
  onTestFinished(database.drop);
  const dataDir = await makeDataDir();
  onTestFinished(dataDir.remove);
  const stripe = await startSilentServer();
  const worker = await startMain(
    dataDir.path,
    {
      DATABASE_URL: database.url,
      STRIPE_SECRET_KEY: 'sk_test_silent',
      STRIPE_API_BASE: `http://${stripe.host}`,
    },
    ['worker'],
  );
  onTestFinished(async () => {
    worker.child.kill('SIGKILL');
    await worker.ended;
  });
  await enqueueJob(database.db, RECONCILE, {});
  await until(stripe.isConnected, { what: 'the question to Stripe' });

  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(logLines(worker.output).at(-1)).toMatchObject({ message: 'stopped' });
  const { rows } = await database.pool.query(
    'SELECT FROM graphile_worker.jobs WHERE task_identifier = $1 AND locked_at IS NULL',
    [RECONCILE],
  );
  expect(rows).toHaveLength(1);
});
