import { sql } from 'kysely';
import type { Db } from './database.ts';
import * as identity from './migrations/0001-identity.ts';
import * as catalog from './migrations/0002-catalog.ts';
import * as inventory from './migrations/0003-inventory.ts';
import * as carts from './migrations/0004-carts.ts';
import * as orders from './migrations/0005-orders.ts';
import * as payments from './migrations/0006-payments.ts';
import * as eventStreams from './migrations/0007-event-streams.ts';
import * as ledger from './migrations/0008-ledger.ts';
import * as webhookEndpoints from './migrations/0009-webhook-endpoints.ts';
import * as refundSending from './migrations/0010-refund-sending.ts';
import * as reconciliation from './migrations/0011-reconciliation.ts';
import * as cartOrders from './migrations/0012-cart-orders.ts';
import * as closedWebhookEvents from './migrations/0013-closed-webhook-events.ts';
import * as eventsByType from './migrations/0014-events-by-type.ts';
import * as eventTraces from './migrations/0015-event-traces.ts';
import * as activity from './migrations/0016-activity.ts';
import * as staffAccess from './migrations/0017-staff-access.ts';
import * as trail from './migrations/0018-trail.ts';
import * as factors from './migrations/0019-factors.ts';
import * as staff from './migrations/0020-staff.ts';
import * as privacy from './migrations/0021-privacy.ts';
import * as oneSubject from './migrations/0022-one-subject.ts';
import * as instanceTimelines from './migrations/0023-instance-timelines.ts';
import * as instanceConnections from './migrations/0024-instance-connections.ts';
import * as brokerEvents from './migrations/0025-broker-events.ts';
import * as eventsByStream from './migrations/0026-events-by-stream.ts';
import * as productSearch from './migrations/0027-product-search.ts';
import * as productFacets from './migrations/0028-product-facets.ts';
import * as catalogKeys from './migrations/0029-catalog-keys.ts';
import * as flags from './migrations/0030-flags.ts';
import * as lighterOrders from './migrations/0031-lighter-orders.ts';
import * as linesOfVariants from './migrations/0032-lines-of-variants.ts';
import * as linesOfVariantsProven from './migrations/0033-lines-of-variants-proven.ts';
import * as linesByVariant from './migrations/0034-lines-by-variant.ts';
import * as newestPlaces from './migrations/0035-newest-places.ts';
import * as rarerStates from './migrations/0036-rarer-states.ts';
import * as imports from './migrations/0037-imports.ts';
import * as searchText from './migrations/0038-search-text.ts';
import * as searchTextsRead from './migrations/0039-search-texts-read.ts';
import { alone } from './pipeline/lock.ts';
import type { Migrations } from './pipeline/migration.ts';
import { PATIENCE } from './pipeline/patience.ts';
import { migratorOf, type Run, step } from './pipeline/run.ts';

/** Every migration in order. Released ones never change; each has its way back. docs/migrations.md says what they may. */
export const migrations: Migrations = {
  '0001-identity': identity,
  '0002-catalog': catalog,
  '0003-inventory': inventory,
  '0004-carts': carts,
  '0005-orders': orders,
  '0006-payments': payments,
  '0007-event-streams': eventStreams,
  '0008-ledger': ledger,
  '0009-webhook-endpoints': webhookEndpoints,
  '0010-refund-sending': refundSending,
  '0011-reconciliation': reconciliation,
  '0012-cart-orders': cartOrders,
  '0013-closed-webhook-events': closedWebhookEvents,
  '0014-events-by-type': eventsByType,
  '0015-event-traces': eventTraces,
  '0016-activity': activity,
  '0017-staff-access': staffAccess,
  '0018-trail': trail,
  '0019-factors': factors,
  '0020-staff': staff,
  '0021-privacy': privacy,
  '0022-one-subject': oneSubject,
  '0023-instance-timelines': instanceTimelines,
  '0024-instance-connections': instanceConnections,
  '0025-broker-events': brokerEvents,
  '0026-events-by-stream': eventsByStream,
  '0027-product-search': productSearch,
  '0028-product-facets': productFacets,
  '0029-catalog-keys': catalogKeys,
  '0030-flags': flags,
  '0031-lighter-orders': lighterOrders,
  '0032-lines-of-variants': linesOfVariants,
  '0033-lines-of-variants-proven': linesOfVariantsProven,
  '0034-lines-by-variant': linesByVariant,
  '0035-newest-places': newestPlaces,
  '0036-rarer-states': rarerStates,
  '0037-imports': imports,
  '0038-search-text': searchText,
  '0039-search-texts-read': searchTextsRead,
};

export interface MigrationStatus {
  readonly name: string;
  readonly appliedAt: Date | null;
}

/**
 * Brings the schema up to this version of the code and returns what it applied. Each migration has a transaction of its
 * own, so that no lock of one is held while another fills a table; one that fails leaves the schema as it found it. One
 * that says so runs outside of any, and may leave what its next try finds. Instances that start together wait for each other.
 * @throws Error where one met the locks of others in every try.
 */
export function migrateUp(db: Db, run: Partial<Run> = {}): Promise<string[]> {
  return alone(db, () => applyAll(db, run), run.patience?.goneAfterMs);
}

/** The same for who is alone already. */
export async function applyAll(db: Db, run: Partial<Run>): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const name = await step(db, 'up', { migrations, patience: PATIENCE, ...run });
    if (name === null) return names;
    names.push(name);
  }
}

/** Takes back the newest migration and returns its name, or null when there is none. */
export function migrateDown(db: Db, run: Partial<Run> = {}): Promise<string | null> {
  return alone(db, () => step(db, 'down', { migrations, patience: PATIENCE, ...run }));
}

/** Every migration and when it was applied. */
export async function migrationStatus(db: Db): Promise<MigrationStatus[]> {
  const infos = await migratorOf(db, { ...migrations }).getMigrations();
  return infos.map((info) => ({ name: info.name, appliedAt: info.executedAt ?? null }));
}

/** What a newer version applied to a schema that has all migrations of this one, by name. */
export async function newerMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM schema_migrations WHERE name <> ALL (${Object.keys(migrations)}) ORDER BY name`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}
