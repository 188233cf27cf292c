import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Commit, cut, draft, sectionOf } from './changelog.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

const [action = '', tag] = process.argv.slice(2);
const actions: Readonly<Record<string, () => void>> = {
  /** Notes to choose from: the commits since the last tag. */
  draft: () => say(draft(commits())),
  /** Run by npm version, between the new number and its commit. */
  cut: () => {
    write('CHANGELOG.md', (text) => cut(text, version, new Date().toISOString().slice(0, 10)));
    write('client/package.json', (text) =>
      text.replace(/"version": "[^"]*"/, `"version": "${version}"`),
    );
    write('Dockerfile', (text) => text.replace(/^ARG VERSION=.*$/m, `ARG VERSION=${version}`));
    git('add', 'CHANGELOG.md', 'client/package.json', 'Dockerfile');
  },
  /** What the page of a release says. */
  notes: () => {
    if (tag !== `v${version}`) throw new Error(`${tag} is not v${version}, as package.json says`);
    say(`${sectionOf(read('CHANGELOG.md'), version).trim()}\n\n${HOW_TO_UPGRADE}`);
  },
};
const HOW_TO_UPGRADE =
  'How to upgrade, and back: [docs/upgrading.md](docs/upgrading.md). `gh attestation verify` tells where the image comes from: [docs/supply-chain.md](docs/supply-chain.md).';

const run = actions[action];
if (run === undefined) throw new Error('Usage: node release/main.ts draft | cut | notes TAG');
run();

function commits(): Commit[] {
  const tags = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-v:refname');
  const [last] = tags.split('\n');
  const log = git(
    'log',
    '--no-merges',
    '--reverse',
    '--name-only',
    '--format=%x00%s',
    last ? `${last}..` : 'HEAD',
  );
  return log
    .split('\0')
    .slice(1)
    .map((entry) => {
      const [sentence = '', ...paths] = entry.split('\n').filter((line) => line !== '');
      return { sentence, paths };
    });
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  }).trim();
}

function write(file: string, change: (text: string) => string): void {
  writeFileSync(join(root, file), change(read(file)));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
