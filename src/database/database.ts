import { setTimeout } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { EventTables } from '../events/outbox.ts';
import type { HttpTables } from '../http/idempotency.ts';
import type { CartTables } from '../modules/cart/cart.model.ts';
import type { CatalogTables } from '../modules/catalog/catalog.model.ts';
import type { ImportTables } from '../modules/catalog/import.model.ts';
import type { FactorTables } from '../modules/factors/factors.model.ts';
import type { FlagTables } from '../modules/flags/flags.model.ts';
import type { IdentityTables } from '../modules/identity/identity.model.ts';
import type { InventoryTables } from '../modules/inventory/inventory.model.ts';
import type { LedgerTables } from '../modules/ledger/ledger.model.ts';
import type { OidcTables } from '../modules/oidc/oidc.model.ts';
import type { OrderTables } from '../modules/orders/orders.model.ts';
import type { PaymentTables } from '../modules/payments/payments.model.ts';
import type { PrivacyTables } from '../modules/privacy/privacy.model.ts';
import type { ReconciliationTables } from '../modules/reconciliation/reconciliation.model.ts';
import type { ApiKeyTables } from '../modules/staff/api-key.model.ts';
import type { StaffTables } from '../modules/staff/staff.model.ts';
import type { StoryTables } from '../modules/story/activity.model.ts';
import type { TaskTables } from '../modules/tasks/tasks.model.ts';
import type { WebhookTables } from '../modules/webhooks/webhooks.model.ts';
import type { TrailTables } from '../trail/trail.ts';
import { tellingChanges } from './changes.ts';
import { wasRolledBack } from './failures.ts';
import type { InstanceTables } from './instances.ts';

/** Every table, joined from the modules that own them. */
export interface Tables
  extends IdentityTables,
    FactorTables,
    OidcTables,
    CatalogTables,
    ImportTables,
    InventoryTables,
    CartTables,
    OrderTables,
    PaymentTables,
    LedgerTables,
    WebhookTables,
    FlagTables,
    TaskTables,
    ReconciliationTables,
    PrivacyTables,
    StaffTables,
    ApiKeyTables,
    StoryTables,
    InstanceTables,
    TrailTables,
    EventTables,
    HttpTables {}

/** A handle for reads and single statements; may also be a transaction. */
export type Db = Kysely<Tables>;
/** A handle inside a transaction: asked for wherever several statements must hold together. */
export type Tx = Transaction<Tables>;

/** The typed SQL handle over a pool. Closing it (`destroy`) closes the pool. */
export function createDb(pool: pg.Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

const MOST_TRIES = 4;

/**
 * Runs work in one READ COMMITTED transaction; commits when it returns, rolls back when it throws. Where PostgreSQL
 * ends it for the sake of another (deadlock, serialization), nothing of it happened and the work is run again: it
 * must have no effect but through `tx`.
 */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return untilItHolds(() =>
    tellingChanges(db, (begin) =>
      db.transaction().execute((tx) => {
        begin(tx);
        return work(tx);
      }),
    ),
  );
}

/** Makes a transaction again, some times, where PostgreSQL ended it for the sake of another. */
export async function untilItHolds<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await transaction();
    } catch (error) {
      if (tries === MOST_TRIES || !wasRolledBack(error)) throw error;
      // Each waits a little differently, so that they do not meet again.
      await setTimeout(Math.random() * 20 * 2 ** tries);
    }
}

/** Runs reads that must agree with each other in one REPEATABLE READ, READ ONLY transaction. */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(work);
}

/** Fails when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
