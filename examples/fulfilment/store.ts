import type pg from 'pg';

const CONSUMER = 'fulfilment';

export interface PaidOrder {
  /** Of the event. */
  readonly id: string;
  readonly orderId: string;
}

export interface Store {
  /** Whether an event was dealt with before. */
  isKnown(event: PaidOrder): Promise<boolean>;
  /** Makes the parcel of an order in one transaction with the note of its event; false where that was done before. */
  makeParcel(event: PaidOrder): Promise<boolean>;
  /** Keeps a message that nothing can be done with for a person, and notes its event where it has one. */
  putAside(
    letter: { place: string; text: string; reason: string },
    event: PaidOrder | null,
  ): Promise<void>;
}

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS fulfilment;
  CREATE TABLE IF NOT EXISTS fulfilment.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
  );
  CREATE TABLE IF NOT EXISTS fulfilment.parcels (
    order_id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS fulfilment.dead_letters (
    consumer text NOT NULL,
    place text NOT NULL,
    body text NOT NULL,
    reason text NOT NULL,
    put_aside_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, place)
  )`;

/** The program's own tables, made where they are missing. */
export async function createStore(pool: pg.Pool): Promise<Store> {
  await inTransaction(pool, async (client) => {
    // Members that start together make them one after the other.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('fulfilment'))`);
    await client.query(SCHEMA);
  });
  return {
    async isKnown({ id }) {
      const { rowCount } = await pool.query(
        'SELECT FROM fulfilment.inbox WHERE consumer = $1 AND event_id = $2',
        [CONSUMER, id],
      );
      return rowCount === 1;
    },
    makeParcel: (event) =>
      inTransaction(pool, async (client) => {
        if (!(await note(client, event))) return false;
        await client.query('INSERT INTO fulfilment.parcels (order_id) VALUES ($1)', [
          event.orderId,
        ]);
        return true;
      }),
    putAside: ({ place, text, reason }, event) =>
      inTransaction(pool, async (client) => {
        if (event && !(await note(client, event))) return;
        await client.query(
          `INSERT INTO fulfilment.dead_letters (consumer, place, body, reason) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING`,
          // PostgreSQL stores no NUL character.
          [CONSUMER, place, text.replaceAll('\0', ''), reason],
        );
      }),
  };
}

/** Notes an event; false where it was noted before. Of two transactions with one event the second waits here. */
async function note(client: pg.PoolClient, { id }: PaidOrder): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO fulfilment.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [CONSUMER, id],
  );
  return rowCount === 1;
}

async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The server rolls back what a closed connection leaves.
    client.release(true);
    throw error;
  }
}
