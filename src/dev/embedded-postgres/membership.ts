import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { takeUserLock } from './locks.ts';

/** A place among the users of a server, kept over the loss of a session while the server lives. */
export interface Membership {
  /** Gives the place up by `depart`, which is not called when the server is gone. */
  leave(depart: (client: Client) => Promise<void>): Promise<void>;
}

const RETRY_MS = 250;
const GIVE_UP_MS = 120_000;

/**
 * Keeps the locks which `first` holds. PostgreSQL ends every session when one of its processes
 * crashes, and then goes on: a new session from `open` takes the locks again, `takeFurther` those
 * beyond a user's. A server that refuses connections is gone and is let go.
 */
export function keepMembership(
  first: Client,
  open: () => Promise<Client>,
  takeFurther: (client: Client) => Promise<void>,
): Membership {
  const leaving = new AbortController();
  let held: Client | undefined;
  let renewal = Promise.resolve();

  function hold(client: Client): void {
    held = client;
    client.once('end', () => {
      held = undefined;
      if (!leaving.signal.aborted) renewal = renew();
    });
  }

  async function renew(): Promise<void> {
    const giveUpAt = Date.now() + GIVE_UP_MS;
    while (!held && !leaving.signal.aborted && Date.now() < giveUpAt) {
      const gone = await reopen().then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      );
      if (gone) return;
      const pause = { ref: false, signal: leaving.signal };
      if (!held) await delay(RETRY_MS, undefined, pause).catch(() => undefined);
    }
  }

  async function reopen(): Promise<void> {
    const client = await open();
    try {
      if (!(await takeUserLock(client))) return void (await client.end());
      await takeFurther(client);
      hold(client);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  hold(first);
  return {
    async leave(depart) {
      leaving.abort();
      await renewal;
      if (held) await depart(held);
    },
  };
}
