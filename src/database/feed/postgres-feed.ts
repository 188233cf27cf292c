import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '../../telemetry/logger.ts';
import { type ChangeFeed, decodeChange, encodeChange, gathered, type Hearing } from './feed.ts';

const CHANNEL = 'mainstay_changes';
const AGAIN_AFTER_MS = 500;
/** How often a connection that only listens is asked whether anybody is there: a firewall drops what idles unsaid. */
const ASKED_EVERY_MS = 10_000;

/**
 * Changes by LISTEN and NOTIFY, on the one connection of a pool, which gives up one that owes an answer. NOTIFY is a
 * transaction of its own: in the one that changes something it would make commits wait for each other.
 */
export function postgresFeed(
  pool: pg.Pool,
  hearing: Hearing,
  logger: Logger,
  askedEveryMs = ASKED_EVERY_MS,
): ChangeFeed {
  const own = randomUUID();
  let client: pg.PoolClient | null = null;
  const closing = Promise.withResolvers<void>();
  let closed = false;

  const messages = gathered(async (change) => {
    if (client === null) throw new Error('not connected');
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, encodeChange(own, change)]);
  });

  async function listen(): Promise<void> {
    const connected = await pool.connect();
    let asking: NodeJS.Timeout | undefined;
    try {
      // After an error too, which the pool tells of.
      const ended = new Promise<void>((resolve) => connected.once('end', resolve));
      connected.on('notification', ({ payload = '' }) => {
        const change = decodeChange(own, payload);
        if (change) hearing.onChange(change);
      });
      // Nothing that is told needs to survive a crash.
      await connected.query(`SET synchronous_commit = off; LISTEN ${CHANNEL}`);
      client = connected;
      hearing.onBack();
      messages.flush();
      const silent = new Promise<never>((_resolve, reject) => {
        asking = setInterval(() => connected.query('SELECT').catch(reject), askedEveryMs);
      });
      await Promise.race([ended, silent, closing.promise]);
    } finally {
      clearInterval(asking);
      client = null;
      connected.release(true);
    }
  }

  async function keepListening(): Promise<void> {
    while (!closed) {
      await listen().catch((error) =>
        logger.debug({ err: error }, 'changes of other processes cannot be heard'),
      );
      if (closed) return;
      hearing.onLost();
      await setTimeout(AGAIN_AFTER_MS);
    }
  }

  const listening = keepListening();
  return {
    publish: messages.publish,
    async close() {
      closed = true;
      await messages.settle();
      closing.resolve();
      await listening;
      await pool.end();
    },
  };
}
