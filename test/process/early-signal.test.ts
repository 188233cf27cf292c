import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { makeDataDir, startEntry } from '../support/process.ts';
import { until } from '../support/until.ts';

it('a shop told to stop while it starts ends with 0 and leaves no database server behind', async () => {
  const dataDir = await makeDataDir();
  onTestFinished(dataDir.remove);
  const { child, ended } = startEntry('main.ts', [], {
    DATA_DIR: dataDir.path,
    PORT: String(await freePort()),
    STRIPE_STANDIN_PORT: '0',
    DEMO_CATALOGUE: 'off',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const record = join(dataDir.path, 'postgres/postmaster.pid');
  await until(() => existsSync(record), { what: 'the database server' });

  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(existsSync(record)).toBe(false);
});
