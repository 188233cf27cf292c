import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

type Status = 'passed' | 'failed' | 'skipped';
/** The tests of files, by report. */
type Reports = Readonly<Record<string, Readonly<Record<string, readonly Status[]>>>>;

/** What `.ci/reports.mjs` says of reports, and how it ends. */
async function read(reports: Reports, command: 'failed' | 'sum', report = '') {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-reports-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, files] of Object.entries(reports))
    await writeFile(join(folder, name), JSON.stringify(reportOf(files)));
  const program = join(root, '.ci/reports.mjs');
  const options = { cwd: root, encoding: 'utf8' } as const;
  const ended = spawnSync(process.execPath, [program, command, folder, report], options);
  expect(ended.stderr).toBe('');
  return { said: ended.stdout.split('\n').slice(0, -1), status: ended.status };
}

/** As Vitest's JSON reporter writes it. */
function reportOf(files: Reports[string]) {
  const testResults = Object.entries(files).map(([file, statuses]) => ({
    name: join(root, file),
    status: statuses.length === 0 || statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status })),
  }));
  return { testResults };
}

it('adds up the tests of all suites, and has nothing against them', async () => {
  const reports: Reports = {
    'all.json': { 'test/a.test.ts': ['passed', 'skipped'], 'test/b.test.ts': ['passed'] },
    'older.json': { 'test/a.test.ts': ['passed'] },
  };
  expect(await read(reports, 'sum')).toEqual({
    said: ['3 passed, 0 failed, 1 skipped'],
    status: 0,
  });
});

it('names the files that failed, also one that did not come to its tests', async () => {
  const reports: Reports = {
    'all.json': {
      'test/a.test.ts': ['passed'],
      'test/b.test.ts': ['failed'],
      'test/c.test.ts': [],
    },
  };
  const { said } = await read(reports, 'failed', 'all.json');
  expect(said).toEqual(['test/b.test.ts', 'test/c.test.ts']);
});

it('counts a file that was run again as it ended, and tells of what had failed', async () => {
  const reports = (again: Status[]): Reports => ({
    'all.json': { 'test/a.test.ts': ['passed'], 'test/b.test.ts': ['passed', 'failed'] },
    'all-again.json': { 'test/b.test.ts': again },
  });
  const told = 'failed once: test/b.test.ts: test 1';
  expect(await read(reports(['passed', 'passed']), 'sum')).toEqual({
    said: [told, '3 passed, 0 failed, 0 skipped'],
    status: 0,
  });
  expect(await read(reports(['passed', 'failed']), 'sum')).toEqual({
    said: [told, '2 passed, 1 failed, 0 skipped'],
    status: 1,
  });
});

it('has something against no tests at all', async () => {
  expect(await read({ 'all.json': {} }, 'sum')).toEqual({
    said: ['0 passed, 0 failed, 0 skipped'],
    status: 1,
  });
});
