import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { type OneByOne, rateOf, setUp } from './one-by-one.ts';

const FLOOR_VARIANTS = 1000;

/** The tables of the smallest shop there can be, in a schema of their own. */
export function createFloorTables(url: string): Promise<void> {
  return setUp(
    url,
    `CREATE SCHEMA floor;
    CREATE TABLE floor.stock (id integer PRIMARY KEY, available integer NOT NULL CHECK (available >= 0));
    CREATE TABLE floor.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total bigint NOT NULL);
    CREATE TABLE floor.lines (order_id bigint NOT NULL REFERENCES floor.orders, stock_id integer NOT NULL, quantity integer NOT NULL);
    CREATE TABLE floor.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload jsonb NOT NULL);
    INSERT INTO floor.stock SELECT n, 1000000000 FROM generate_series(1, ${FLOOR_VARIANTS}) AS n`,
  );
}

/**
 * Orders a second of the least that an order can be, one a transaction and as durable as the shop's: take a unit,
 * write the order, its line and its event.
 */
export function placeOneByOne(url: string, { seconds, hot }: OneByOne): Promise<number> {
  return rateOf(url, seconds, (client) =>
    placeOne(client, hot ? 1 : randomInt(1, FLOOR_VARIANTS + 1)),
  );
}

async function placeOne(client: pg.Client, stockId: number): Promise<void> {
  await client.query('BEGIN');
  await client.query({
    name: 'take',
    text: 'UPDATE floor.stock SET available = available - 1 WHERE id = $1',
    values: [stockId],
  });
  const { rows } = await client.query({
    name: 'order',
    text: 'INSERT INTO floor.orders (total) VALUES (1000) RETURNING id',
  });
  await client.query({
    name: 'line',
    text: 'INSERT INTO floor.lines (order_id, stock_id, quantity) VALUES ($1, $2, 1)',
    values: [rows[0].id, stockId],
  });
  await client.query({
    name: 'event',
    text: 'INSERT INTO floor.outbox (payload) VALUES ($1)',
    values: [JSON.stringify({ orderId: rows[0].id })],
  });
  await client.query('COMMIT');
}
