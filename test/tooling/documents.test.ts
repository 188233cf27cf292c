import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherAlerts } from '../../observability/rule-files.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { CLASSES } from '../../src/http/limits/route-classes.ts';
import { checks } from '../../src/modules/audit/audit.service.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const GUIDE = 'docs/guides/add-a-module.md';
const read = (file: string) => readFileSync(file, 'utf8');
const documents = globSync(['*.md', '{client,deploy,docs,examples,src}/**/*.md'])
  .filter((file) => file !== 'CHANGELOG.md')
  .map((file) => ({ file, text: read(file) }));
/** Whether a folder or file of tests begins with a path: `test/events/nats` is two files. */
const isTested = (path: string) => globSync(`${path}*`).length > 0;

/** What a pattern finds in all documents, each with where it stands. */
function found(pattern: RegExp, except: readonly string[] = []): { file: string; word: string }[] {
  return documents
    .filter(({ file }) => !except.includes(file))
    .flatMap(({ file, text }) =>
      [...text.matchAll(pattern)].map(([, word = '']) => ({ file, word })),
    );
}

/** The headings of a document as links name them. */
function anchorsOf(file: string): string[] {
  const headings = read(file)
    .replaceAll(/```.*?```/gs, '')
    .matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The cells of the rows of a document's tables. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));

const codeIn = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('what documents lead to is there:', () => {
  it('files and headings of their links', () => {
    const links = found(/\]\(([^)\s]+)\)/g).filter(({ word }) => !/^(https?|mailto):/.test(word));
    const broken = links.filter(({ file, word }) => {
      const [path = '', anchor] = word.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(target)) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(links.length).toBeGreaterThan(500);
    expect(broken).toEqual([]);
  });

  it('files that they name by their path', () => {
    const paths = found(/`((?:src|test|bench|deploy|docs|observability|grafana)\/[\w./-]+\w)`/g, [
      GUIDE,
    ]);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter(({ word }) => !existsSync(word))).toEqual([]);
  });

  it('tests that they say to run', () => {
    const runs = found(/npx vitest run ((?:[^ `\n]* ?)+)/g, [GUIDE]).flatMap(({ file, word }) =>
      (word.match(/test\/[\w./-]*\w/g) ?? []).map((path) => ({ file, path })),
    );
    expect(runs.length).toBeGreaterThan(30);
    expect(runs.filter(({ path }) => !isTested(path))).toEqual([]);
  });

  it('the lines that the guide writes its own beside', () => {
    const steps = [...read(GUIDE).matchAll(/([^\n]+)\n\n```diff\n(.*?)\n```/gs)];
    const lines = steps.flatMap(([, before = '', diff = '']) => {
      const file = codeIn(before).findLast((code) => existsSync(code));
      const beside = diff.split('\n').filter((line) => line.startsWith(' '));
      return beside.map((line) => ({ file, line: line.trim() }));
    });
    const lost = lines.filter(({ file, line }) => !(file && read(file).includes(`${line}\n`)));
    expect(lines.length).toBeGreaterThan(5);
    expect(lost).toEqual([]);
  });
});

describe('what there is', () => {
  it('of commands is described, and no other is', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = found(/npm run (?:--silent )?([\w:-]+)/g);
    expect(named.filter(({ word }) => !(word in scripts))).toEqual([]);
    const all = documents.map(({ text }) => text).join('\n');
    const isTold = (name: string) => new RegExp(`(npm (run (--silent )?)?|\`)${name}\\b`).test(all);
    expect(Object.keys(scripts).filter((name) => !isTold(name))).toEqual([]);
  });

  it('of variables is in the README, in the table of settings, and in the example', () => {
    const isIn = (file: string, name: string) => new RegExp(`\\b${name}\\b`).test(read(file));
    const missing = (file: string) => VARIABLES.filter((name) => !isIn(file, name));
    expect(missing('.env.example')).toEqual([]);
    expect(missing('docs/deployment.md')).toEqual([]);
    // As one: where Vault is.
    expect(missing('README.md').filter((name) => !name.startsWith('VAULT_'))).toEqual([]);
  });

  it('of alerts is in the table of the runbooks, and no other is', () => {
    const told = rowsOf(read('docs/runbooks/README.md')).flatMap(([, seen]) => codeIn(seen));
    const alerts = otherAlerts.map(({ name }) => name);
    expect(told.filter((name) => /^([A-Z][a-z]+){2,}$|^Watchdog$/.test(name)).toSorted()).toEqual(
      alerts.toSorted(),
    );
  });

  it('of metrics is all that is named', () => {
    const known = createMetrics()
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    const others = ['prometheus_notifications_errors_total', 'orders_refund_within_total'];
    const named = found(/\b([a-z]+(?:_[a-z]+)+_(?:total|seconds|bytes|ratio))\b/g);
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter(({ word }) => ![...known, ...others].includes(word))).toEqual([]);
  });

  it('of rates is in the table of traffic', () => {
    const rates = rowsOf(read('docs/traffic.md'))
      .filter(([, name, rate]) => codeIn(name).length === 1 && /^\d+$/.test(rate ?? ''))
      .map(([, name, rate]) => [codeIn(name)[0], Number(rate)]);
    expect(rates).toEqual(Object.entries(CLASSES).map(([name, { limit }]) => [name, limit]));
  });
});

describe('the table of invariants', () => {
  const [, section = ''] = read('docs/architecture.md').split('## Where each invariant lives');
  const [table = ''] = section.split('\n## ');
  const rows = rowsOf(table).slice(2);
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  it('names constraints that hold them, tests that attack them and checks that find them', async () => {
    const names = checks.map(({ name }) => name as string);
    const held = await database.pool.query(
      `SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class`,
    );
    const inDatabase = new Set(held.rows.map(({ name }) => name));
    expect(rows.length).toBeGreaterThan(20);
    const missing = rows.flatMap(([, , by, tests, found]) => [
      ...codeIn(by).filter((name) => /^[a-z]+(_[a-z]+)+$/.test(name) && !inDatabase.has(name)),
      ...codeIn(tests).filter((name) => !isTested(`test/${name}`)),
      ...codeIn(found).filter((name) => !names.some((check) => check.endsWith(name))),
    ]);
    expect(missing).toEqual([]);
  });

  it('says how many checks are warnings', () => {
    const words = ['nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen'];
    const warnings = checks.filter(({ severity }) => severity === 'warning');
    expect(table).toContain(`${words[warnings.length - 9]} of them are warnings`);
  });
});

it('each attack has a test that is called as its page says', () => {
  const plain = (text: string) => text.replaceAll("'", '’').replaceAll('\\', '');
  const named = rowsOf(read('docs/attacks.md')).flatMap(([, , , tests = '']) =>
    [...tests.matchAll(/`([a-z]+\/[\w.-]+)`([^`]*)/g)].flatMap(([, file = '', names = '']) =>
      names
        .replace(/\([^)]*\)/g, '')
        .split(/[;,]/)
        .map((name) => ({ file, name: name.trim() })),
    ),
  );
  const lost = named.filter(({ file, name }) => {
    const path = `test/${file}.test.ts`;
    return !existsSync(path) || !plain(read(path)).includes(plain(name));
  });
  expect(named.length).toBeGreaterThan(60);
  expect(lost).toEqual([]);
});

it('what is pending stands by its impact within each phase', () => {
  const phases = read('docs/PENDING_IMPROVEMENTS.md').split(/^## /m).slice(1);
  for (const phase of phases) {
    const impacts = rowsOf(phase)
      .map(([, impact]) => Number(impact))
      .filter((impact) => impact > 0);
    expect([phase.split('\n', 1)[0], impacts]).toEqual([
      phase.split('\n', 1)[0],
      impacts.toSorted((one, other) => other - one),
    ]);
  }
});
