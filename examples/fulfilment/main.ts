import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { fulfilment } from './fulfil.ts';
import { kafkaMember } from './kafka.ts';
import { log } from './log.ts';
import type { Member } from './member.ts';
import { natsMember } from './nats.ts';
import { shopApi } from './shop.ts';
import { createStore } from './store.ts';

const { SHOP_URL, SHOP_API_KEY, DATABASE_URL, KAFKA_BROKERS, NATS_URL } = process.env;
if (!SHOP_URL || !SHOP_API_KEY || !DATABASE_URL || !(KAFKA_BROKERS || NATS_URL)) {
  process.stderr.write(
    'Needed: SHOP_URL, SHOP_API_KEY, DATABASE_URL, and KAFKA_BROKERS or NATS_URL\n',
  );
  process.exit(1);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 2 });
// An idle connection that breaks is replaced at its next use.
pool.on('error', (error) => log('database connection lost', { error: error.message }));
const store = await createStore(pool);
const handle = fulfilment({
  store,
  shop: shopApi(SHOP_URL, SHOP_API_KEY),
  signal: stopping.signal,
});
const member: Member = KAFKA_BROKERS ? kafkaMember(KAFKA_BROKERS) : natsMember(NATS_URL ?? '');

log('reads', { from: KAFKA_BROKERS ?? NATS_URL });
while (!stopping.signal.aborted) {
  try {
    await member(handle, stopping.signal);
  } catch (error) {
    // What was not confirmed is delivered again.
    log('lost the broker or the database', { error: String(error) });
    await setTimeout(1000, null, { signal: stopping.signal }).catch(() => {});
  }
}
await pool.end();
log('stopped');
