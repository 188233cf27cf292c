import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveAway } from '../../src/dev/embedded-postgres/account.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

test('a file that a server removed since the folder was listed needs no owner', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-hand-over-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await expect(giveAway(join(folder, 'pgstat.stat'), owner)).resolves.toBeUndefined();
});

test('any other failure to give a file away is reported', async () => {
  await expect(giveAway(join(import.meta.filename, 'below-a-file'), owner)).rejects.toThrow(
    'ENOTDIR',
  );
});
