import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDb, type Db } from '../../src/database/database.ts';
import { createPool } from '../../src/database/pool.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { WITHIN_MS } from './until.ts';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly db: Db;
  drop(): Promise<void>;
}

/** A database of its own for a test file: a copy of the migrated template. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `mainstay_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${inject('template')}`);
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  // On waking from a stall a process sees that the time is up before it sees that it was answered.
  const pool = createPool(url.toString(), {
    max: 10,
    logger: createLogger('silent'),
    connectTimeoutMs: WITHIN_MS,
  });
  const db = createDb(pool);
  return {
    url: url.toString(),
    pool,
    db,
    async drop() {
      await db.destroy();
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  try {
    // Only one copy of a template can be made at a time: wait for the others.
    await client.query('SELECT pg_advisory_lock(7001)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
