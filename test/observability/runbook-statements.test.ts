import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const folder = join(import.meta.dirname, '../../docs/runbooks');
const runbooks = readdirSync(folder).filter((name) => name.endsWith('.md'));
const SOME_ID = "'01920000-0000-7000-8000-000000000000'";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** The statements of a runbook about the shop's rows, with something where a person puts in what they found. */
function statementsOf(runbook: string): string[] {
  return [...readFileSync(join(folder, runbook), 'utf8').matchAll(/```sql\n(.*?)```/gs)]
    .flatMap(([, block = '']) => block.split(';'))
    .map((statement) => statement.trim())
    .filter((statement) => /^(SELECT|WITH|INSERT|UPDATE|DELETE)\b/.test(statement))
    .map((statement) => statement.replace(/'[A-Z]+(-ID)?'/g, SOME_ID))
    .map((statement) => statement.replace(/\b(JOB_ID|PID)\b/g, '1'));
}

it.each(runbooks)('the database understands every statement of %s', async (runbook) => {
  for (const statement of statementsOf(runbook)) {
    const understood = database.pool
      .query(`PREPARE asked AS ${statement}`)
      .then(() => database.pool.query('DEALLOCATE ALL'))
      .then(
        () => null,
        (error: Error) => error.message,
      );
    expect(await understood, statement).toBeNull();
  }
});

it('finds the statements', () => {
  expect(runbooks.flatMap(statementsOf).length).toBeGreaterThan(40);
});
