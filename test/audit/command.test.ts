import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { runEntry } from '../support/process.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const audit = (url = database.url) => runEntry('audit.ts', [], { DATABASE_URL: url });

describe('npm run audit', () => {
  it('ends with 0 and a line for each check where all is well', async () => {
    const { code, out } = await audit();
    expect(code).toBe(0);
    expect(out).toMatch(/^ok +stock-within-bounds +0 ≤ reserved ≤ on hand/);
    expect(out).toMatch(/\nClean: \d+ checks, 0 findings, 0 warnings\.\n$/);
  });

  it('ends with 0 where something waits for a person, and says so', async () => {
    await sql`
      INSERT INTO webhook_events (provider, event_id, type, payload, state, note)
      VALUES ('stripe', 'evt_1', 'checkout.session.completed', '{}', 'parked', 'captured 1 USD')`.execute(
      database.db,
    );
    const { code, out } = await audit();
    expect(code).toBe(0);
    expect(out).toContain('event evt_1: checkout.session.completed: captured 1 USD');
    expect(out).toMatch(/\nClean: .*, 1 warning\.\n$/);
  });

  it('ends with 1 and the offending rows where an invariant is broken', async () => {
    await sql`
      INSERT INTO outbox_events (id, aggregate_type, aggregate_id, type, payload)
      VALUES (gen_random_uuid(), 'order', '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10', 'order.paid', '{}')`.execute(
      database.db,
    );
    const { code, out } = await audit();
    expect(code).toBe(1);
    expect(out).toMatch(/\nFINDING +order-events/);
    expect(out).toContain(
      'order 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10: order.paid 1 times, expected 0',
    );
    expect(out).toMatch(/\nNot clean: .*, 1 finding, 1 warning\.\n$/);
  });

  it('ends with 2 where it could not look', async () => {
    const { code, err } = await audit('postgres://nobody@127.0.0.1:9/none');
    expect(code).toBe(2);
    expect(err).toContain('ECONNREFUSED');
  });
});
