import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handOver } from '../../src/dev/embedded-postgres/account.ts';

test('handing a folder over goes on when a server that runs in it removes files meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-hand-over-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = Array.from({ length: 3000 }, (_, index) => join(folder, String(index)));
  await Promise.all(files.map((file) => writeFile(file, '')));
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const removal = Promise.all(files.toReversed().map((file) => unlink(file)));
  await expect(handOver(folder, owner)).resolves.toBeUndefined();
  await removal;
});
