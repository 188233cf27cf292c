import type pg from 'pg';
import { createDb } from '../database/database.ts';
import { migrationStatus, newerMigrations } from '../database/migrate.ts';
import { createPool } from '../database/pool.ts';
import { createLogger } from '../telemetry/logger.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const OLDEST = 150_000;
const SKEW_SECONDS = 5;

interface Facts {
  readonly number: number;
  readonly version: string;
  readonly database: string;
  readonly may_create: boolean;
  readonly has_trgm: boolean;
  readonly in_schema: boolean;
  readonly standby: boolean;
  readonly at: Date;
}

/** Whether the database is there, of a version, with a role and a schema that suit this code, and with the same time. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  const pool = createPool(url, { max: 1, logger: createLogger('silent'), name: 'mainstay doctor' });
  try {
    const facts = await ask(pool);
    return [...judge(facts), await schemaOf(pool)];
  } catch (error) {
    return [
      fault(
        'database',
        `is not reached: ${messageOf(error)}`,
        'start it, or mend DATABASE_URL: host, port, name, role, password',
      ),
    ];
  } finally {
    await pool.end();
  }
}

async function ask(pool: pg.Pool): Promise<Facts> {
  const { rows } = await pool.query<Facts>(`
    SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
      current_database() AS database, has_database_privilege(current_database(), 'CREATE') AS may_create,
      EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS has_trgm,
      has_schema_privilege('public', 'CREATE') AS in_schema, pg_is_in_recovery() AS standby, clock_timestamp() AS at`);
  const [facts] = rows;
  if (facts === undefined) throw new Error('no answer');
  return facts;
}

/** What these facts mean for a shop. */
export function judge(facts: Facts): Finding[] {
  const { version, database } = facts;
  const skew = Math.abs(facts.at.getTime() - Date.now()) / 1000;
  return [
    facts.number >= OLDEST
      ? ok('database', `${database} on PostgreSQL ${version}`)
      : fault('database', `is PostgreSQL ${version}`, 'use 15 or later'),
    ...(facts.standby
      ? [
          fault(
            'database',
            'is a standby',
            'name the primary; standbys go into DATABASE_REPLICA_URLS',
          ),
        ]
      : []),
    facts.has_trgm || facts.may_create
      ? ok('pg_trgm', facts.has_trgm ? 'is there' : 'will be made by the first start')
      : fault(
          'pg_trgm',
          'is missing, and the role may not make it',
          `as a superuser, in ${database}: CREATE EXTENSION pg_trgm; or GRANT CREATE ON DATABASE`,
        ),
    facts.in_schema
      ? ok('role', 'may make tables')
      : fault(
          'role',
          'may not make tables in the schema public',
          'GRANT CREATE ON SCHEMA public TO it',
        ),
    skew <= SKEW_SECONDS
      ? ok('clock', `differs from the database’s by ${skew.toFixed(1)} s`)
      : fault(
          'clock',
          `differs from the database’s by ${Math.round(skew)} s`,
          'let both follow NTP',
        ),
  ];
}

async function schemaOf(pool: pg.Pool): Promise<Finding> {
  const db = createDb(pool);
  const status = await migrationStatus(db);
  const open = status.filter(({ appliedAt }) => appliedAt === null);
  if (open.length === 0) {
    const newer = await newerMigrations(db);
    if (newer.length === 0) return ok('schema', 'is that of this version');
    return warning(
      'schema',
      `is newer than this version: ${newer.join(', ')}`,
      'this version runs on it where it is the one before that (docs/upgrading.md, Back)',
    );
  }
  const says =
    open.length === status.length ? 'is empty' : `lacks ${open.map(({ name }) => name).join(', ')}`;
  return warning(
    'schema',
    says,
    'npm run migrate, or the next start migrates (npm run migrate:plan shows how)',
  );
}
