import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getProduct } from '../../src/modules/catalog/catalog.service.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'mainstay-import-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/import.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

async function file(name: string, rows: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `Handle,Title,Variant Inventory Qty,Variant Price\n${rows}`);
  return path;
}

test('the command imports a file, prints what it did and ends with 0', async () => {
  const { code, stdout } = await run(await file('good.csv', 'tray,Tray,-1,5.00\n'));
  expect(stdout).toContain('1 of 1 products');
  expect(stdout).toContain('Products: 1 created, 0 updated, 0 unchanged, 0 refused.');
  expect(stdout).toContain('line 2, Variant Inventory Qty (tray): The quantity is -1: taken as 0.');
  expect(code).toBe(0);
  expect((await getProduct(database.db, 'tray', { all: true })).title).toBe('Tray');
});

test('the command says which rows it refused and ends with 1', async () => {
  const { code, stdout } = await run(await file('bad.csv', 'lamp,Lamp,1,5.00\nvase,Vase,1,much\n'));
  expect(stdout).toContain(
    'line 3, Variant Price (vase): "much" is not an amount in USD, such as 19.99.',
  );
  expect(code).toBe(1);
  expect((await getProduct(database.db, 'lamp', { all: true })).title).toBe('Lamp');
});

test('the command without a file, or with one that is not there, says so', async () => {
  expect(await run()).toMatchObject({ code: 1, stderr: 'Usage: npm run import -- FILE.csv\n' });
  const { code, stderr } = await run(join(folder, 'missing.csv'));
  expect([code, stderr]).toEqual([1, expect.stringContaining('missing.csv')]);
});
