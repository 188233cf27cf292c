import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { LANDED } from '../../rehearsal/landed.ts';
import { lint } from '../../rehearsal/rules.ts';
import { migrations } from '../../src/database/migrate.ts';
import { findingsOf } from '../../src/database/pipeline/findings.ts';
import { RULES, type Rule, type SchemaMigration } from '../../src/database/pipeline/migration.ts';
import { planOf } from '../../src/database/pipeline/plan.ts';
import { rehearse } from '../../src/database/pipeline/scratch.ts';

const serverUrl = inject('serverUrl');

/** A migration of these statements. */
function of(statements: string | string[], about: Partial<SchemaMigration> = {}): SchemaMigration {
  return {
    phase: 'expand',
    up: async (db) => {
      for (const statement of [statements].flat()) await sql.raw(statement).execute(db);
    },
    down: async () => undefined,
    ...about,
  };
}

const apart = { transaction: false };
const base = of([
  'DROP SCHEMA public CASCADE',
  'CREATE SCHEMA public',
  'CREATE TABLE goods (id integer PRIMARY KEY, name text, price integer NOT NULL, proven text CONSTRAINT goods_proven CHECK (proven IS NOT NULL))',
  'CREATE INDEX goods_price_idx ON goods (price)',
  'CREATE UNIQUE INDEX goods_name_idx ON goods (name)',
  'CREATE TABLE sales (id integer, goods_id integer)',
  'CREATE FUNCTION double(n integer) RETURNS integer LANGUAGE sql RETURN 2 * n',
]);

const BAD: readonly [Rule, string, SchemaMigration][] = [
  ['no-phase', '', of('CREATE TABLE other (id integer)', { phase: undefined as never })],
  ['lock-limit-lifted', '', of(['SET LOCAL lock_timeout = 0'])],
  ['lock-limit-lifted', '', of(['SET LOCAL lock_timeout = 60000'])],
  ['rewrite', 'goods', of('ALTER TABLE goods ADD COLUMN drawn double precision DEFAULT random()')],
  ['index-blocks-writes', 'sales_idx', of('CREATE INDEX sales_idx ON sales (goods_id)')],
  [
    'index-blocks-writes',
    'sales_pkey',
    of('ALTER TABLE sales ADD CONSTRAINT sales_pkey UNIQUE (id)'),
  ],
  [
    'constraint-checked-under-lock',
    'positive',
    of('ALTER TABLE goods ADD CONSTRAINT positive CHECK (price > 0)'),
  ],
  [
    'constraint-checked-under-lock',
    'sold',
    of('ALTER TABLE sales ADD CONSTRAINT sold FOREIGN KEY (goods_id) REFERENCES goods'),
  ],
  ['not-null-under-lock', 'goods.name', of('ALTER TABLE goods ALTER COLUMN name SET NOT NULL')],
  ['column-without-value', 'goods.size', of('ALTER TABLE goods ADD COLUMN size integer NOT NULL')],
  ['rows-written', 'goods', of('UPDATE goods SET price = price + 1')],
  [
    'work-under-lock',
    'goods',
    of([
      'CREATE TABLE names (name text)',
      'ALTER TABLE goods ADD COLUMN size integer',
      'INSERT INTO names SELECT name FROM goods',
    ]),
  ],
  [
    'lock-outside-transaction',
    'goods',
    of(
      [
        'CREATE INDEX CONCURRENTLY ok_idx ON goods (price)',
        'ALTER TABLE goods ADD COLUMN size integer',
      ],
      apart,
    ),
  ],
  ['dropped', 'goods.name', of('ALTER TABLE goods DROP COLUMN name')],
  ['dropped', 'sales', of('DROP TABLE sales')],
  ['dropped', 'goods_name_idx', of('DROP INDEX goods_name_idx')],
  ['dropped', 'double', of('DROP FUNCTION double')],
  ['renamed', 'goods.name', of('ALTER TABLE goods RENAME COLUMN name TO title')],
  ['renamed', 'sales', of('ALTER TABLE sales RENAME TO sold', { phase: 'contract' })],
  ['retyped', 'goods.name', of('ALTER TABLE goods ALTER COLUMN name TYPE varchar(80)')],
  [
    'allowance-unused',
    'rewrite',
    of('CREATE TABLE other (id integer)', { allows: { rewrite: 'small' } }),
  ],
];

const GOOD: readonly [string, SchemaMigration][] = [
  [
    'adds columns with and without a constant default',
    of("ALTER TABLE goods ADD COLUMN size integer, ADD COLUMN made text NOT NULL DEFAULT 'here'"),
  ],
  [
    'builds indexes beside the traffic',
    of(['CREATE UNIQUE INDEX CONCURRENTLY sales_key ON sales (id)'], apart),
  ],
  [
    'adds a constraint that is checked later',
    of('ALTER TABLE goods ADD CONSTRAINT positive CHECK (price > 0) NOT VALID'),
  ],
  [
    'asks for values that a constraint has proven',
    of('ALTER TABLE goods ALTER COLUMN proven SET NOT NULL'),
  ],
  [
    'writes rows in batches outside a transaction',
    of('UPDATE goods SET price = 1 WHERE id < 100', apart),
  ],
  ['contracts where it says so', of('ALTER TABLE goods DROP COLUMN name', { phase: 'contract' })],
  ['drops an index that only reads use', of('DROP INDEX CONCURRENTLY goods_price_idx', apart)],
  [
    'has an allowance with its reason',
    of('UPDATE goods SET price = 1', { allows: { 'rows-written': 'a dozen rows' } }),
  ],
  [
    'fills a table of its own',
    of(['CREATE TABLE copy (id integer)', 'INSERT INTO copy SELECT id FROM goods']),
  ],
];

/** What each planted migration breaks, each on the same tables as they were at first. */
async function brokenByEach(planted: readonly SchemaMigration[]): Promise<string[][]> {
  const list = planted.flatMap((migration, index) => [
    [`${index} before`, base] as const,
    [`${index} planted`, migration] as const,
  ]);
  const observations = await rehearse(serverUrl, Object.fromEntries(list), (name) =>
    name.endsWith('planted'),
  );
  return observations.map((observation) =>
    findingsOf(observation).map(({ rule, subject }) => `${rule} ${subject}`.trim()),
  );
}

describe('the linter of migrations', () => {
  it('finds what is planted', async () => {
    const found = await brokenByEach(BAD.map(([, , migration]) => migration));
    expect(found).toHaveLength(BAD.length);
    for (const [index, [rule, subject]] of BAD.entries())
      expect(found[index]).toContain(`${rule} ${subject}`.trim());
  });

  it('has a planted migration for each of its rules', () => {
    expect([...new Set(BAD.map(([rule]) => rule))].toSorted()).toEqual(
      Object.keys(RULES).toSorted(),
    );
  });

  it('lets pass what harms nobody', async () => {
    const found = await brokenByEach(GOOD.map(([, migration]) => migration));
    const objections = GOOD.map(([what], index) => [what, found[index]]);
    expect(objections).toEqual(GOOD.map(([what]) => [what, []]));
  });

  it('finds a bad one among the shop’s own, and nothing else', async () => {
    const planted = of('CREATE INDEX orders_total_idx ON orders (total)');
    const findings = await lint(serverUrl, { ...migrations, '9999-planted': planted });
    expect(findings).toMatchObject([
      { migration: '9999-planted', rule: 'index-blocks-writes', subject: 'orders_total_idx' },
    ]);
  });

  it('excuses those that landed before it for what they do, and no more', async () => {
    const observations = await rehearse(serverUrl, migrations, (name) => name in LANDED);
    const found = observations.map((observation): [string, string[]] => {
      const rules = findingsOf(observation).map(({ rule }) => rule);
      return [observation.name, [...new Set(rules)].filter((rule) => rule !== 'no-phase').sort()];
    });
    expect(Object.fromEntries(found)).toEqual(LANDED);
  });
});

it('a plan says which lock each statement takes, and what it writes anew', async () => {
  const migration = of(['ALTER TABLE goods ADD COLUMN drawn float DEFAULT random()']);
  const concurrent = of('CREATE INDEX CONCURRENTLY sales_idx ON sales (id)', apart);
  const observations = await rehearse(
    serverUrl,
    { '0001-base': base, '0002-one': migration, '0003-two': concurrent },
    (name) => name !== '0001-base',
  );
  expect(observations.flatMap(planOf)).toEqual([
    '0002-one  expand, all statements in one transaction',
    '    ALTER TABLE goods ADD COLUMN drawn float DEFAULT random()',
    '      -- AccessExclusiveLock on goods; writes goods anew',
    `    ! rewrite (goods): ${RULES.rewrite}`,
    '0003-two  expand, each statement by itself',
    '    CREATE INDEX CONCURRENTLY sales_idx ON sales (id)',
    '      -- ShareUpdateExclusiveLock on sales',
  ]);
});
