import type { Catalog, Thing } from './catalog.ts';
import { keepsWritersOut, type Lock } from './locks.ts';
import type { Rule } from './migration.ts';
import { type Effect, OBSERVED_LOCK_TIMEOUT_MS, type Observation } from './observe.ts';

/** A rule that a statement of a migration breaks. */
export interface Finding {
  readonly migration: string;
  readonly rule: Rule;
  /** What it is about: a table, a column, an index, a constraint; empty for the whole migration. */
  readonly subject: string;
  /** The statement; empty for the whole migration. */
  readonly sql: string;
}

/** What of a migration harms a shop that is open, without what it has an allowance for. */
export function findingsOf(observation: Observation): Finding[] {
  const { name, migration } = observation;
  const allows = migration.allows ?? {};
  const found = brokenRules(observation);
  const unused = (Object.keys(allows) as Rule[])
    .filter((rule) => !found.some((finding) => finding.rule === rule))
    .map((rule): Finding => ({ ...whole(name, 'allowance-unused'), subject: rule }));
  return [...found.filter(({ rule }) => allows[rule] === undefined), ...unused];
}

function brokenRules({ name, migration, found, effects }: Observation): Finding[] {
  const findings: Finding[] = [];
  if (migration.phase === undefined) findings.push(whole(name, 'no-phase'));
  const apart = migration.transaction === false;
  let held: readonly Lock[] = [];
  for (const effect of effects) {
    const report = (rule: Rule, subject: string) =>
      findings.push({ migration: name, rule, subject, sql: effect.sql });
    const nameOf = ({ table }: Lock) => found.get(`table ${table}`)?.name ?? table;
    if (effect.lockTimeoutMs === 0 || effect.lockTimeoutMs > OBSERVED_LOCK_TIMEOUT_MS)
      report('lock-limit-lifted', '');
    if (goesThroughRows(effect.sql)) {
      for (const lock of held.slice(0, 1)) report('work-under-lock', nameOf(lock));
      for (const lock of effect.locks.filter(({ mode }) => mode === 'RowExclusiveLock'))
        if (!apart) report('rows-written', nameOf(lock));
    }
    const strong = effect.locks.filter(keepsWritersOut);
    if (apart) for (const lock of strong) report('lock-outside-transaction', nameOf(lock));
    else held = [...held, ...strong];
    for (const [rule, subject] of changesOf(effect, found))
      if (rule !== 'dropped' || migration.phase !== 'contract') report(rule, subject);
  }
  return findings;
}

const whole = (migration: string, rule: Rule): Finding => ({
  migration,
  rule,
  subject: '',
  sql: '',
});

/** Whether a statement reads or writes rows rather than the schema. */
function goesThroughRows(sql: string): boolean {
  return /^\s*(with|insert|update|delete|merge)\b/i.test(sql);
}

/** What a statement changed of things that were there before the migration, or of tables that were. */
function changesOf({ before, after, locks }: Effect, found: Catalog): [Rule, string][] {
  const changes: [Rule, string][] = [];
  const isOld = ({ of }: Thing) => found.has(`table ${of}`);
  const isRenamed = (table: string) =>
    before.get(`table ${table}`)?.name !== after.get(`table ${table}`)?.name;
  for (const [id, was] of before) {
    const is = after.get(id);
    if (is?.kind === 'column' && is.holds && !was.holds && isOld(is) && !isProven(is, before))
      changes.push(['not-null-under-lock', is.name]);
    if (!found.has(id)) continue;
    if (!is) {
      // What goes with its table is told once.
      if (mayBeUsed(was) && (was.of === id.split(' ')[1] || after.has(`table ${was.of}`)))
        changes.push(['dropped', was.name]);
      continue;
    }
    if (is.name !== was.name && (is.kind === 'table' || !isRenamed(is.of)))
      changes.push(['renamed', was.name]);
    if (is.kind === 'table' && is.what !== was.what) changes.push(['rewrite', is.name]);
    if (is.kind === 'column' && is.what !== was.what) changes.push(['retyped', is.name]);
  }
  for (const [id, is] of after) {
    if (before.has(id) || !isOld(is)) continue;
    if (is.kind === 'column' && is.holds && !is.given)
      changes.push(['column-without-value', is.name]);
    if (is.kind === 'constraint' && is.holds)
      changes.push(['constraint-checked-under-lock', is.name]);
    if (is.kind === 'index' && locks.some((lock) => lock.table === is.of && keepsWritersOut(lock)))
      changes.push(['index-blocks-writes', is.name]);
  }
  return changes;
}

/** An index that is not unique makes the version before slower, a constraint less strict; nothing of it fails. */
function mayBeUsed({ kind, given }: Thing): boolean {
  return kind !== 'constraint' && (kind !== 'index' || given);
}

/** Whether a constraint that holds says already that a column has a value in every row. */
function isProven({ of, name }: Thing, before: Catalog): boolean {
  const column = name.slice(name.indexOf('.') + 1);
  return [...before.values()].some(
    (thing) =>
      thing.kind === 'constraint' &&
      thing.of === of &&
      thing.holds &&
      thing.what.includes(`(${column} IS NOT NULL)`),
  );
}
