import { expect, it, onTestFinished } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { makeDataDir, startMain } from '../support/process.ts';

/** Linux answers on all of 127.0.0.0/8: another address of this machine, as a published port is reached by one. */
it.runIf(process.platform === 'linux').each([
  ['0.0.0.0', 200],
  ['127.0.0.1', 'refused'],
])(
  'where the shop listens on %s, its payment page on another address is %s',
  async (host, seen) => {
    const [database, dataDir] = [await createDatabase(), await makeDataDir()];
    const shop = await startMain(dataDir.path, {
      HOST: host,
      DATABASE_URL: database.url,
      DEMO_CATALOGUE: 'off',
    });
    onTestFinished(async () => {
      shop.child.kill('SIGKILL');
      await shop.ended;
      await dataDir.remove();
      await database.drop();
    });
    // Browsers are told an address of the loopback all the same.
    expect(new URL(shop.standInUrl).hostname).toBe('127.0.0.1');
    const elsewhere = shop.standInUrl.replace('127.0.0.1', '127.0.0.2');
    const answer = await fetch(`${elsewhere}/_test/charges`).then(
      ({ status }) => status,
      () => 'refused',
    );
    expect(answer).toBe(seen);
  },
);
