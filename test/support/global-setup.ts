import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createPool } from '../../src/database/pool.ts';
import { prepareSchema } from '../../src/database/schema.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { RECONCILE } from '../../src/modules/reconciliation/status.service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests may make databases. */
    serverUrl: string;
    /** The migrated database that each test file's own is copied from. */
    template: string;
  }
}

const root = join(import.meta.dirname, '../..');

/**
 * One real PostgreSQL for the whole run: the embedded one without durability, or the server in TEST_DATABASE_URL.
 * Its template database is migrated once; every test file copies it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const compiled = keepCompiled();
  const { url: serverUrl, stop } = await testServer();
  const template = `mainstay_template_${process.pid}`;
  await onServer(serverUrl, `CREATE DATABASE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  const pool = createPool(url.toString(), {
    ...{ max: 2, logger: createLogger('silent') },
    statementTimeoutMs: 0,
  });
  await prepareSchema(pool);
  // A worker reconciles when a test asks, not when the clock does: no turn is later than the one noted here.
  await pool.query(
    `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
     VALUES ($1, now(), 'infinity')`,
    [RECONCILE],
  );
  await pool.end();
  await compiled;
  project.provide('serverUrl', serverUrl);
  project.provide('template', template);
  return async () => {
    await onServer(serverUrl, `DROP DATABASE ${template} WITH (FORCE)`);
    await stop();
  };
}

/** The server in TEST_DATABASE_URL, or an embedded one without durability that is gone when it is stopped. */
export async function testServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-test-'));
  const embedded = await startEmbeddedPostgres({
    dataDir: folder,
    role: 'tool',
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      // Its worker in a database would keep that from being dropped.
      autovacuum: 'off',
    },
  });
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Has Node keep what it compiles, for the workers and every process that tests start. A killed process keeps nothing,
 * so one that loads the whole shop goes first where nothing is kept yet.
 */
async function keepCompiled(): Promise<void> {
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compiled');
  if (existsSync(process.env.NODE_COMPILE_CACHE)) return;
  const shop = JSON.stringify(join(root, 'src/shop.ts'));
  await promisify(execFile)(process.execPath, ['-e', `import(${shop})`]);
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
