import { sql } from 'kysely';
import pg from 'pg';
import { FLEET_SESSION, type Fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

const COMMIT_LOCK = 7003;
const UPDATE_LOCK = 7004;

/** A point at which the shop is held from outside. */
export interface HeldPoint {
  /** Waits until the shop stands there. */
  reached(): Promise<void>;
  /** kill -9 while it stands there, then lets go: what it waited to do has not been done. */
  crash(): Promise<void>;
}

/** Holds the shop at the next statement that needs what `statement` locks. */
export async function holdAt(shop: Fleet, statement: string): Promise<HeldPoint> {
  const client = await session(shop);
  await client.query('BEGIN');
  await client.query(statement);
  return {
    ...(await pointOf(shop, client)),
    async crash() {
      await shop.kill();
      await endSessions(shop);
      await client.end();
      await forgetLeases(shop);
    },
  };
}

/** Holds the shop at the next update of a table's rows, whenever it comes. */
export async function holdUpdate(shop: Fleet, table: string): Promise<HeldPoint> {
  const client = await session(shop);
  await client.query('SELECT pg_advisory_lock($1)', [UPDATE_LOCK]);
  await client.query(`
    CREATE FUNCTION hold_update() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(${UPDATE_LOCK}); RETURN NEW; END $$;
    CREATE TRIGGER hold_update BEFORE UPDATE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION hold_update()`);
  return {
    ...(await pointOf(shop, client)),
    async crash() {
      await shop.kill();
      await endSessions(shop);
      await client.query(`DROP TRIGGER hold_update ON ${table}; DROP FUNCTION hold_update`);
      await client.end();
      await forgetLeases(shop);
    },
  };
}

/**
 * Holds the COMMIT of the next transaction that writes into a table. After the crash that COMMIT, which the server
 * already had, goes through: all of the transaction is there, and nobody lives who knows.
 */
export async function holdCommit(shop: Fleet, table: string): Promise<HeldPoint> {
  const client = await session(shop);
  await client.query('SELECT pg_advisory_lock($1)', [COMMIT_LOCK]);
  await client.query(`
    CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(${COMMIT_LOCK}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON ${table}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_commit()`);
  return {
    ...(await pointOf(shop, client)),
    async crash() {
      await shop.kill();
      await client.query('SELECT pg_advisory_unlock($1)', [COMMIT_LOCK]);
      await noSessions(shop);
      await client.query(`DROP TRIGGER hold_commit ON ${table}; DROP FUNCTION hold_commit`);
      await client.end();
      await forgetLeases(shop);
    },
  };
}

/** kill -9 at a point where the stand-in for Stripe holds the shop. */
export async function crashNow(shop: Fleet): Promise<void> {
  await shop.kill();
  await noSessions(shop);
  await forgetLeases(shop);
}

/** A request whose answer never comes. */
export async function unanswered(request: Promise<unknown>): Promise<void> {
  await request.catch(() => {});
}

async function session({ databaseUrl }: Fleet): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'holder' });
  // Ends with the database where a test failed and never let go.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function pointOf(shop: Fleet, client: pg.Client) {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return {
    reached: () =>
      until(
        async () => {
          const held = await sql`
            SELECT FROM pg_stat_activity WHERE ${rows[0].pid}::int = ANY (pg_blocking_pids(pid))`.execute(
            shop.db,
          );
          return held.rows.length > 0;
        },
        { what: 'standing at the held point' },
      ),
  };
}

/** Ends what the dead process waits for in the database before it is done. */
async function endSessions(shop: Fleet): Promise<void> {
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = ${FLEET_SESSION}`.execute(shop.db);
  await noSessions(shop);
}

/** The database notices that the process is gone, and has finished what it was told. */
function noSessions(shop: Fleet): Promise<void> {
  return until(
    async () => {
      const { rows } = await sql`
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = ${FLEET_SESSION}`.execute(
        shop.db,
      );
      return rows.length === 0;
    },
    { what: 'the end of the dead process’s sessions' },
  );
}

/** As if the dead process's leases on its jobs had run out already: one test waits for that, the others need not. */
async function forgetLeases(shop: Fleet): Promise<void> {
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '1 minute'
    WHERE locked_at IS NOT NULL`.execute(shop.db);
}
