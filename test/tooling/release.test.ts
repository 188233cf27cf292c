import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cut, draft, sectionOf } from '../../release/changelog.ts';
import { version as running } from '../../src/telemetry/version.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string) => readFile(join(root, file), 'utf8');
const json = async (file: string) => JSON.parse(await text(file));
const changelog = '# Changelog\n\n## Unreleased\n\n- New.\n\n## 1.2.0, 2026-01-01\n\n- Old.\n';

/** The OpenAPI document has the version that runs: test/http/operations.test.ts. */
it('the shop, its lockfile, its client and its changelog have one version', async () => {
  const { version } = await json('package.json');
  expect(running).toBe(version);
  const lock = await json('package-lock.json');
  expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  expect((await json('client/package.json')).version).toBe(version);
  const [unreleased, newest] = [...(await text('CHANGELOG.md')).matchAll(/^## ([^,\n]+)/gm)];
  expect([unreleased?.[1], newest?.[1]]).toEqual(['Unreleased', version]);
});

it('the client needs what it is tested with', async () => {
  const { dependencies } = await json('client/package.json');
  const { devDependencies } = await json('package.json');
  for (const [name, wanted] of Object.entries(dependencies))
    expect(devDependencies[name]).toBe(wanted);
});

it('a release takes what was unreleased, and none is made of nothing', () => {
  const next = cut(changelog, '1.3.0', '2026-02-02');
  expect(sectionOf(next, '1.3.0').trim()).toBe('- New.');
  expect(sectionOf(next, 'Unreleased').trim()).toBe('');
  expect(sectionOf(next, '1.2.0').trim()).toBe('- Old.');
  expect(() => cut(next, '1.4.0', '2026-03-03')).toThrow('nothing under Unreleased');
  expect(() => sectionOf(next, '1.4.0')).toThrow('no section 1.4.0');
});

it('the draft sorts sentences by what they touch, and leaves out tests and documents', () => {
  const commits = [
    { sentence: 'Show stock', paths: ['src/modules/catalog/catalog.views.ts', 'test/a.test.ts'] },
    { sentence: 'Keep gifts', paths: ['src/database/migrations/0030-gifts.ts', 'src/x.views.ts'] },
    { sentence: 'Test more', paths: ['test/a.test.ts', 'docs/architecture.md'] },
  ];
  expect(draft(commits)).toBe('### Schema\n\n- Keep gifts\n\n### Pages\n\n- Show stock\n');
});

it('a tag that is not the version of package.json makes no release', async () => {
  const asked = promisify(execFile)(process.execPath, ['release/main.ts', 'notes', 'v0.0.0'], {
    cwd: root,
  });
  await expect(asked).rejects.toMatchObject({ stderr: expect.stringContaining('v0.0.0 is not v') });
});
