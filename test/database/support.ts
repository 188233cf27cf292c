import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDb, type Db } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** An empty database, unlike the migrated copies of other tests. */
export async function createEmptyDatabase() {
  const name = `mainstay_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  const opened: pg.Pool[] = [];
  return {
    url: url.toString(),
    /** A pool of its own, as another process would have. */
    open(): { db: Db; pool: pg.Pool } {
      const pool = createPool(url.toString(), { max: 3, logger: createLogger('silent') });
      const db = createDb(pool);
      opened.push(pool);
      return { db, pool };
    },
    async drop(): Promise<void> {
      for (const pool of opened) await pool.end();
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Columns, constraints, indexes and functions of the shop's schema, as PostgreSQL tells them. */
export async function schemaShape(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY line`);
  return rows.map(({ line }) => line);
}

/** One row in most tables, so that the way back meets data. */
export async function insertSample(pool: pg.Pool): Promise<void> {
  const id = 'gen_random_uuid()';
  await pool.query(`
    WITH person AS (
      INSERT INTO users (id, email, name, password_hash) VALUES (${id}, 'ada@example.test', 'Ada', 'x')
      RETURNING id
    ), product AS (
      INSERT INTO products (id, slug, title, status, currency, min_price)
      VALUES (${id}, 'oak-board', 'Oak board', 'active', 'USD', 1999) RETURNING id
    ), variant AS (
      INSERT INTO variants (id, product_id, position, title, option_key, price, currency)
      SELECT ${id}, id, 0, '', '', 1999, 'USD' FROM product RETURNING id, product_id
    ), level AS (
      INSERT INTO stock_levels (variant_id, on_hand, reserved) SELECT id, 5, 1 FROM variant
    ), placed AS (
      INSERT INTO orders (id, customer_id, status, stock_state, currency, subtotal, total, email)
      SELECT ${id}, id, 'paid', 'reserved', 'USD', 1999, 1999, 'ada@example.test' FROM person
      RETURNING id
    ), item AS (
      INSERT INTO order_items (order_id, position, variant_id, product_id, sku, title, quantity, unit_price, total)
      SELECT placed.id, 0, variant.id, product_id, '', 'Oak board', 1, 1999, 1999 FROM placed, variant
    ), paid AS (
      INSERT INTO payments (id, order_id, provider, provider_payment_id, status, settles_order, amount, currency)
      SELECT ${id}, id, 'stripe', 'pi_1', 'succeeded', true, 1999, 'USD' FROM placed RETURNING id, order_id
    )
    INSERT INTO refunds (id, payment_id, order_id, status, origin, amount, currency)
    SELECT ${id}, id, order_id, 'succeeded', 'admin', 100, 'USD' FROM paid`);
}
