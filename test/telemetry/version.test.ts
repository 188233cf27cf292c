import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commitOf } from '../../src/telemetry/version.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mainstay-version-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function git(folder: string, ...args: string[]): string {
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test'];
  return execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

test('the commit is what git has checked out in the folder itself, never in one around it', () => {
  const folder = makeFolder();
  git(folder, 'init', '--quiet');
  expect(commitOf(folder)).toBe('unknown');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
  expect(commitOf(folder)).toBe(git(folder, 'rev-parse', 'HEAD'));
  mkdirSync(join(folder, 'shop'));
  expect(commitOf(join(folder, 'shop'))).toBe('unknown');
  writeFileSync(join(folder, 'shop/.git'), 'gitdir: nowhere');
  expect(commitOf(join(folder, 'shop'))).toBe('unknown');
});

test('what the build of an image wrote down is told; nothing written is unknown', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'COMMIT'), 'c0ffee');
  expect(commitOf(folder)).toBe('c0ffee');
  writeFileSync(join(folder, 'COMMIT'), '');
  expect(commitOf(folder)).toBe('unknown');
});
