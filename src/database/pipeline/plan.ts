import { findingsOf } from './findings.ts';
import { RULES, type SchemaMigration } from './migration.ts';
import type { Effect, Observation } from './observe.ts';

/** What a migration would do, as lines for people. */
export function planOf(observation: Observation): string[] {
  const { name, migration, effects } = observation;
  return [
    `${name}  ${natureOf(migration)}`,
    ...effects.flatMap((effect) => [
      `    ${linesOf(effect.sql).join('\n      ')}`,
      `      -- ${harmOf(effect, observation)}`,
    ]),
    ...findingsOf(observation).map(
      ({ rule, subject }) => `    ! ${rule}${subject && ` (${subject})`}: ${RULES[rule]}`,
    ),
  ];
}

function linesOf(sql: string): string[] {
  const lines = sql.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

/** Of which kind a migration is. */
export function natureOf({ phase, transaction }: SchemaMigration): string {
  const statements =
    transaction === false ? 'each statement by itself' : 'all statements in one transaction';
  return `${phase ?? 'before there were phases'}, ${statements}`;
}

function harmOf({ locks, before, after }: Effect, { found }: Observation): string {
  const nameOf = (table: string) => found.get(`table ${table}`)?.name;
  const rewritten = [...after].filter(
    ([id, { kind, what }]) => kind === 'table' && found.has(id) && before.get(id)?.what !== what,
  );
  const parts = [
    ...locks.map(({ table, mode }) => `${mode} on ${nameOf(table)}`),
    ...rewritten.map(([, { name }]) => `writes ${name} anew`),
  ];
  return parts.join('; ') || 'no lock of a table that was there';
}
