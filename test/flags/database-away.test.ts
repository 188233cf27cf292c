import { ProviderEvents } from '@openfeature/server-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import { createDb, type Db } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { createExposureLog, writeExposures } from '../../src/modules/flags/exposures.service.ts';
import { getFlag, setFlag } from '../../src/modules/flags/flags.service.ts';
import { type HeldFlags, holdFlags } from '../../src/modules/flags/held-flags.service.ts';
import { openFlags } from '../../src/modules/flags/openfeature.gateway.ts';
import { newId } from '../../src/shared/ids.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

const logger = createLogger('silent');
let database: TestDatabase;
let proxy: TcpProxy;
/** The way to the database that is cut. */
let db: Db;
let held: HeldFlags;
beforeAll(async () => {
  database = await createDatabase();
  const url = new URL(database.url);
  proxy = await TcpProxy.start(Number(url.port || 5432));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  db = createDb(createPool(url.toString(), { max: 2, logger }));
  held = holdFlags({ db, logger });
});
afterAll(async () => {
  await held?.stop();
  await db?.destroy();
  await proxy?.close();
  await database?.drop();
});

/** By the way that is not cut. */
async function set(enabled: boolean) {
  const { version } = (await getFlag(database.db, 'take-orders')).flag;
  await setFlag({ db: database.db, held: { reload: async () => undefined } }, 'take-orders', {
    ...{ enabled, version, rules: [], rollout: 10_000, weights: { on: 1 }, experiment: false },
  });
}
const cut = () => {
  proxy.refuse(true);
  proxy.cut();
};

it('flags are as declared before they were read, and what was read last while the database is away', async () => {
  const flags = await openFlags({ held, logger }, () => undefined);
  const changes: unknown[] = [];
  flags.client.addHandler(ProviderEvents.ConfigurationChanged, (event) => {
    changes.push(event?.flagsChanged);
  });
  cut();
  await set(false);
  await expect(held.reload()).rejects.toThrow();
  expect(held.ageSeconds()).toBe(Number.POSITIVE_INFINITY);
  expect(await flags.ofShop('take-orders')).toBe(true);

  proxy.heal();
  await held.reload();
  expect(await flags.ofShop('take-orders')).toBe(false);
  await until(() => changes.length > 0);
  expect(changes).toEqual([['take-orders']]);

  cut();
  await set(true);
  await expect(held.reload()).rejects.toThrow();
  expect(await flags.ofShop('take-orders')).toBe(false);
  await until(() => flags.client.providerStatus === 'STALE');

  proxy.heal();
  // By its own poll.
  await until(async () => (await flags.ofShop('take-orders')) === true);
  await until(() => flags.client.providerStatus === 'READY');
  await flags.close();
});

it('who saw which variant waits for the database, and is written once', async () => {
  const experimentId = newId();
  await set(true);
  await database.db
    .insertInto('flag_experiments')
    .values({ id: experimentId, flag_key: 'take-orders', weights: '{}', ended_at: null })
    .execute();
  const metrics = createMetrics();
  const exposures = createExposureLog({ metrics });
  const seen = { flag: 'take-orders', experimentId, variant: 'on' };
  exposures.add({ ...seen, visitorId: newId() });
  cut();
  await expect(writeExposures({ db, exposures })).rejects.toThrow();
  exposures.add({ ...seen, visitorId: newId() });
  proxy.heal();
  await until(() =>
    writeExposures({ db, exposures }).then(
      () => true,
      () => false,
    ),
  );
  const rows = await database.db.selectFrom('flag_exposures').selectAll().execute();
  expect(rows).toHaveLength(2);
  expect((await metrics.flagExposuresDropped.get()).values[0]?.value).toBe(0);
});
