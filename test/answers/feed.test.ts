import { expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../faults/world/tcp-proxy.ts';
import type { Change } from '../../src/database/changes.ts';
import { postgresFeed } from '../../src/database/feed/postgres-feed.ts';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

it('what nobody can read on the channel of changes may say anything, and ends no process', async () => {
  const { url, pool, drop } = await createDatabase();
  onTestFinished(drop);
  const logger = createLogger('silent');
  const heard: Change[] = [];
  let back = false;
  const hearing = {
    onChange: (change: Change) => void heard.push(change),
    onLost: () => {},
    onBack: () => {
      back = true;
    },
  };
  const feed = postgresFeed(createPool(url, { max: 1, logger }), hearing, logger);
  onTestFinished(() => feed.close());
  await until(() => back);
  const messages = ['', 'null', '{"variants":1}', '{"from":"other","variants":["a"]}'];
  for (const message of messages)
    await pool.query('SELECT pg_notify($1, $2)', ['mainstay_changes', message]);
  await until(() => heard.length === messages.length);
  const everything = { catalogue: true, flags: true, variantIds: new Set() };
  expect(heard.slice(0, 3)).toEqual([everything, everything, everything]);
  expect(heard[3]?.variantIds).toEqual(new Set(['a']));
});

it('a connection that only listens is found out where all it says is swallowed, and made anew', async () => {
  const { url, pool, drop } = await createDatabase();
  onTestFinished(drop);
  const proxied = new URL(url);
  const proxy = await TcpProxy.start(Number(proxied.port));
  onTestFinished(() => proxy.close());
  proxied.port = String(proxy.port);
  const logger = createLogger('silent');
  const told: string[] = [];
  const hearing = {
    onChange: () => void told.push('change'),
    onLost: () => void told.push('lost'),
    onBack: () => void told.push('back'),
  };
  const limits = { max: 1, statementTimeoutMs: 300, graceMs: 200 };
  const feed = postgresFeed(
    createPool(String(proxied), { ...limits, logger }),
    hearing,
    logger,
    50,
  );
  onTestFinished(() => feed.close());
  await until(() => told.length === 1);
  proxy.impair({ blackHole: true });
  await until(() => told.includes('lost'));
  proxy.heal();
  await until(() => told.at(-1) === 'back');
  await pool.query(`SELECT pg_notify('mainstay_changes', '')`);
  await until(() => told.at(-1) === 'change');
});
