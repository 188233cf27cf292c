import { expect, it, onTestFinished } from 'vitest';
import { startMailSink } from '../../faults/world/mail-sink.ts';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { enqueueJob } from '../../src/events/jobs.ts';
import { SEND_PASSWORD_RESET } from '../../src/modules/identity/password-reset.service.ts';
import { createDatabase } from '../support/database.ts';
import { logLines, makeDataDir, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';

const ADMIN = { email: 'admin@example.test', password: 'administrator' };

it('a worker outlives a database that goes away just when a job ends, and runs the job again', async () => {
  const database = await createDatabase();
  onTestFinished(database.drop);
  const dataDir = await makeDataDir();
  onTestFinished(dataDir.remove);
  const url = new URL(database.url);
  const proxy = await TcpProxy.start(Number(url.port || 5432));
  onTestFinished(() => proxy.close());
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  const sink = await startMailSink(() => {
    if (sink.recipients.length > 0) return;
    // The job has done its work: all that is left is to note its end.
    proxy.refuse(true);
    proxy.cut();
  });
  onTestFinished(sink.close);
  const worker = await startMain(
    dataDir.path,
    {
      DATABASE_URL: url.toString(),
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
    },
    ['worker'],
  );
  onTestFinished(async () => {
    worker.child.kill('SIGKILL');
    await worker.ended;
  });

  await enqueueJob(database.db, SEND_PASSWORD_RESET, { email: ADMIN.email });
  const lost = 'the end of a job could not be noted';
  await until(
    () =>
      worker.child.exitCode !== null ||
      logLines(worker.output).some(({ message }) => message === lost),
    { what: 'an end that is lost' },
  );
  expect(worker.child.exitCode).toBeNull();
  proxy.heal();
  await until(
    async () => {
      const { rows } = await database.pool.query('SELECT FROM graphile_worker.jobs');
      return rows.length === 0;
    },
    { what: 'the job run again' },
  );
  expect(sink.recipients).toEqual([ADMIN.email, ADMIN.email]);
});
