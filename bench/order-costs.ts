import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres/embedded-postgres.ts';
import { admitBuyers, inTurn } from './support/buyers.ts';
import { fill, findingsOf, stock } from './support/catalogue.ts';
import { cpuClock, perPiece } from './support/cpu.ts';
import { placeSoMany } from './support/load.ts';
import { outboxIsEmpty } from './support/outbox.ts';
import { openShop } from './support/processes.ts';
import { some } from './support/some.ts';
import { costliest, countStatements, SEEING_STATEMENTS } from './support/statements.ts';

/**
 * What placing an order costs, everything on, until its event was sent on: processor time of shop, PostgreSQL and load
 * generator over so many orders, which a busy machine changes less than a rate. Each order is another customer's, of one
 * unit of one of 200 variants. `--statements` lists what PostgreSQL spends it on, `--profile FOLDER` keeps where the shop
 * does.
 */
const { values: given } = parseArgs({
  options: {
    orders: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '200' },
    statements: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const orders = Number(given.orders);
const rounds = Number(given.rounds);
const connections = Number(given.connections);
const SIGNING = { secret: 'x'.repeat(64), publicUrl: 'http://localhost:5004' };
const CUSTOMERS = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'mainstay-costs-'));
const postgres = await startEmbeddedPostgres({
  dataDir: folder,
  role: 'tool',
  settings: given.statements ? SEEING_STATEMENTS : {},
});
await fill(postgres.url, 1000);
const customers = await admitBuyers(postgres.url, CUSTOMERS, SIGNING);
const known = new Set(await findingsOf(postgres.url));
const shop = await openShop(
  {
    ...{ DATABASE_URL: postgres.url, DATA_DIR: join(folder, 'shop'), DEMO_CATALOGUE: 'off' },
    ...{ JWT_SECRET: SIGNING.secret, PUBLIC_URL: SIGNING.publicUrl },
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${given.profile === undefined ? '' : `--cpu-prof --cpu-prof-dir=${given.profile}`}`,
  },
  join(folder, 'shop.log'),
);
const client = new pg.Client(postgres.url);
await client.connect();
const statements = given.statements ? await countStatements(folder, postgres.url) : null;
const variants = await stock(shop, { title: 'Plenty', variants: 200, units: 1_000_000 });
const load = { url: shop.url, tokenOf: inTurn(customers) };
const clock = await cpuClock(shop.processId, postgres.url);
for (let round = 0; round <= rounds; round += 1) {
  // As autovacuum does within a minute of a shop's first orders: plans made for empty tables read all of them.
  if (round === 1) await client.query('ANALYZE');
  if (round === 1) await statements?.query('SELECT pg_stat_statements_reset()');
  const [before, walBefore] = [await clock(), await logPosition()];
  const { rate, p99, answers } = await placeSoMany(load, {
    amount: orders,
    connections,
    variantOf: () => some(variants),
  });
  await outboxIsEmpty(postgres.url);
  const [after, wal] = [await clock(), (await logPosition()) - walBefore];
  const costs = Object.entries(perPiece(before, after, answers));
  const told = costs.map(([name, micros]) => `${name} ${micros.toFixed(0)}`).join(', ');
  say(
    `${round === 0 ? 'warm-up' : `round ${round}`}: µs of processor for one: ${told}; ${(wal / answers).toFixed(0)} bytes of log; ${rate.toFixed(0)}/s p99 ${p99} ms; load ${loadavg()[0]?.toFixed(1)}`,
  );
}
say(`memory of the shop: ${await shop.memory()} MB`);
if (statements) for (const line of await costliest(statements, orders * rounds)) say(line);
await statements?.end();
await client.end();
await shop.stop();
const findings = (await findingsOf(postgres.url)).filter((line) => !known.has(line));
say(findings.length === 0 ? 'the audit finds nothing' : findings.join('\n'));
await postgres.stop();
await rm(folder, { recursive: true, force: true });
process.exit(findings.length === 0 ? 0 : 1);

async function logPosition(): Promise<number> {
  const { rows } = await client.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS at");
  return Number(rows[0].at);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
