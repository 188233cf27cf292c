import { execFile } from 'node:child_process';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Document, operationsOf } from '../support/contract/document.ts';
import { startShop, type TestShop } from '../support/shop.ts';

const root = join(import.meta.dirname, '../..');
let shop: TestShop;
let document: Document;

beforeAll(async () => {
  shop = await startShop();
  document = (await shop.api('GET', '/api-docs/json')).body;
});
afterAll(() => shop.stop());

describe('the OpenAPI document', () => {
  it('is version 3.1 and names the shop’s address', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.servers).toEqual([{ url: expect.stringMatching(/^http:/) }]);
  });

  it('has every route that the code declares under /api', async () => {
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    expect(described).toEqual(expect.arrayContaining(await declaredRoutes()));
  });

  it('gives every operation a summary, a tag, an id of its own, examples and its errors', () => {
    const operations = operationsOf(document);
    for (const { name, operation } of operations) {
      expect(operation.summary, name).toMatch(/\S/);
      expect(operation.tags, name).toHaveLength(1);
      expect(operation.responses.default?.content, name).toHaveProperty([
        'application/problem+json',
      ]);
      if (operation.requestBody) expect(hasExample(operation.requestBody), name).toBe(true);
      for (const [status, response] of Object.entries(operation.responses))
        if (response.content) expect(hasExample(response), `${name} ${status}`).toBe(true);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(operations.length);
  });

  it('says what is sent to import products', () => {
    const { requestBody } = document.paths['/api/products/import']?.post ?? {};
    expect(Object.keys(requestBody?.content ?? {})).toEqual(['text/csv', 'multipart/form-data']);
  });

  it('passes the linter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-openapi-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(root, 'node_modules/.bin/redocly'),
        'lint',
        file,
        '--format=json',
        `--config=${join(root, 'redocly.yaml')}`,
      ],
      { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    ).catch((error: { stdout: string }) => error);
    const { problems }: { problems: { ruleId: string; message: string }[] } = JSON.parse(stdout);
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('is shown at /api-docs for people', async () => {
    const { status, headers } = await shop.api('GET', '/api-docs/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
  });
});

/** Methods and paths as the routes files declare them, read independently of the running shop. */
async function declaredRoutes(): Promise<string[]> {
  const routes: string[] = [];
  for await (const file of glob('src/**/*.routes.ts', { cwd: root })) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, method, url] of text.matchAll(/\.(get|post|put|delete)\(\s*'(\/api[^']*)'/g))
      routes.push(`${method?.toUpperCase()} ${url?.replace(/:(\w+)/g, '{$1}')}`);
  }
  expect(routes.length).toBeGreaterThan(20);
  return routes;
}

function hasExample(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, item]) => key === 'example' || key === 'examples' || hasExample(item),
  );
}
