import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { judge } from '../../src/doctor/database.ts';
import { checkPackages } from '../../src/doctor/machine.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { runEntry } from '../support/process.ts';

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mainstay-doctor-'));
  database = await createDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const doctor = async (env: Record<string, string>) =>
  runEntry('doctor.ts', [], {
    PORT: String(await freePort()),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    ...env,
  });

describe('the doctor', () => {
  it('finds nothing wrong where the shop can run', async () => {
    const { code, out } = await doctor({});
    expect(out).not.toMatch(/FAULT|warning/);
    expect([code, out]).toEqual([0, expect.stringContaining('The shop can run.')]);
  });

  it('names everything that is broken with what to do, and no secret', async () => {
    const taken = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const file = join(folder, 'a file');
    await writeFile(file, '');
    const away = await freePort();
    const { code, out, err } = await doctor({
      PORT: String((taken.address() as AddressInfo).port),
      DATA_DIR: join(file, 'data'),
      DATABASE_URL: `postgres://shop:hidden-1@127.0.0.1:${away}/shop`,
      REDIS_URL: `redis://:hidden-2@127.0.0.1:${away}`,
      EVENT_BROKER_URL: `nats://shop:hidden-3@127.0.0.1:${away}`,
      SMTP_URL: `smtp://shop:hidden-4@127.0.0.1:${away}`,
      STRIPE_SECRET_KEY: 'sk_test_hidden5',
      STRIPE_API_BASE: `http://127.0.0.1:${away}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${away}`,
      JWT_SECRET: 'hidden-6-a-secret-of-an-example-that-is-long',
      PUBLIC_URL: 'http://localhost:1',
    });
    taken.close();
    expect(code).toBe(1);
    for (const line of [
      /FAULT {3}port \d+: is taken by another program → stop that/,
      /FAULT {3}data folder: cannot be written to/,
      /FAULT {3}database: is not reached: .*ECONNREFUSED.* → start it/,
      /warning REDIS_URL: 127.0.0.1:\d+ is not reached/,
      /warning EVENT_BROKER_URL: 127.0.0.1:\d+ is not reached/,
      /FAULT {3}SMTP_URL: 127.0.0.1:\d+ is not reached/,
      /FAULT {3}Stripe: 127.0.0.1:\d+ is not reached/,
      /warning OTEL_EXPORTER_OTLP_ENDPOINT: 127.0.0.1:\d+ is not reached/,
      /warning JWT_SECRET: looks like an example/,
      /warning PUBLIC_URL: localhost:1 is not where this shop listens/,
    ])
      expect(out).toMatch(line);
    expect(out + err).not.toMatch(/hidden/);
  });

  it('tells each problem of a configuration that the shop would refuse', async () => {
    const { code, out } = await doctor({ NODE_ENV: 'production', PORT: 'many' });
    expect(code).toBe(1);
    expect(out).toContain('FAULT   configuration: PORT is malformed');
    expect(out).toContain('FAULT   configuration: SMTP_URL is required in production');
  });

  it('sees a schema that lacks migrations', async () => {
    const { rows } = await sql<{ name: string }>`
      DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations)
      RETURNING name`.execute(database.db);
    const { out } = await doctor({});
    expect(out).toContain(`warning schema: lacks ${rows[0]?.name} → npm run migrate`);
  });

  it('sees a schema of a newer version, as the migrations of this one do', async () => {
    const newer = await createDatabase();
    onTestFinished(() => newer.drop());
    await sql`INSERT INTO schema_migrations (name, timestamp)
      VALUES ('9998-one', '2030-01-01'), ('9999-another', '2030-01-02')`.execute(newer.db);
    const { code, out } = await doctor({ DATABASE_URL: newer.url });
    expect(out).toContain('warning schema: is newer than this version: 9998-one, 9999-another → ');
    expect(code).toBe(0);
    const status = await runEntry('migrate.ts', ['status'], { DATABASE_URL: newer.url });
    expect(status.out).toMatch(/^of a newer version {8}9999-another$/m);
  });

  it('sees a server, a role and a clock that do not suit', () => {
    const facts = {
      ...{ number: 140_011, version: '14.11', database: 'shop', standby: true },
      ...{ may_create: false, has_trgm: false, in_schema: false },
      at: new Date(Date.now() - 3_600_000),
    };
    const faults = judge(facts).map(({ about, state }) => `${state} ${about}`);
    expect(faults).toEqual([
      ...['fault database', 'fault database', 'fault pg_trgm', 'fault role', 'fault clock'],
    ]);
  });

  it('sees packages that are missing or of another version', async () => {
    expect(checkPackages(folder)).toMatchObject({ state: 'fault', todo: 'npm ci' });
    expect(checkPackages(join(import.meta.dirname, '../..')).state).toBe('ok');
  });
});
