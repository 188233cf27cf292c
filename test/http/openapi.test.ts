import { execFile } from 'node:child_process';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { problemCodes } from '../../src/http/problems.ts';
import { newId } from '../../src/shared/ids.ts';
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

  it('names every code that a problem may have, where it may have it', () => {
    const { responses } = document.paths['/api/orders']?.post ?? {};
    expect(responses?.['409']).toMatchObject({
      description: expect.stringMatching(/`conflict`, `insufficient_stock`/),
    });
    const told = operationsOf(document).flatMap(({ operation }) =>
      Object.values(operation.responses).map(({ description }) => description),
    );
    const named = new Set(told.flatMap((text) => text?.match(/(?<=`)[a-z_]+(?=`)/g) ?? []));
    expect(problemCodes.filter((code) => !named.has(code))).toEqual([]);
  });

  it('says what is sent to import products', () => {
    const { requestBody } = document.paths['/api/products/import']?.post ?? {};
    expect(Object.keys(requestBody?.content ?? {})).toEqual(['text/csv', 'multipart/form-data']);
  });

  it('knows every member of a refusal that says how to go on', async () => {
    const { id, email, password } = await newcomer();
    await addPasskey(id);
    const asked = await shop.api('POST', '/api/auth/login', { body: { email, password } });
    expect(asked.body.code).toBe('second_factor_required');
    const token = await shop.adminToken();
    await shop.db.updateTable('sessions').set({ confirmed_at: null }).execute();
    const role = { name: 'Clerk', permissions: [], refundLimits: null };
    const confirm = await shop.api('POST', '/api/staff/roles', { token, body: role });
    expect(confirm.body.code).toBe('step_up_required');
    const { properties } = problemOf('/api/auth/login', 401);
    const told = Object.keys({ ...asked.body, ...confirm.body });
    expect(told.filter((member) => !(member in properties))).toEqual([]);
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

async function newcomer() {
  const account = { email: 'ada@example.org', password: 'correct horse battery' };
  const { body } = await shop.api('POST', '/api/auth/register', { body: account });
  return { id: String(body.user.id), ...account };
}

/** Has an account ask for more than its password. */
async function addPasskey(userId: string): Promise<void> {
  await shop.db
    .insertInto('passkeys')
    .values({
      id: newId(),
      user_id: userId,
      credential_id: 'one',
      public_key: Buffer.alloc(1),
      counter: 0,
      transports: [],
      name: 'Key',
      last_used_at: null,
    })
    .execute();
}

/** The schema of the problems that an operation answers with a status. */
function problemOf(path: string, status: number): { properties: object } {
  const { content } = document.paths[path]?.post?.responses[status] ?? {};
  return content?.['application/problem+json']?.schema as { properties: object };
}

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
