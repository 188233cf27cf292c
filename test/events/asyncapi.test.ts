import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { catalogue } from '../../src/events/catalogue.ts';
import { startShop, type TestShop } from '../support/shop.ts';

const root = join(import.meta.dirname, '../..');
let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

describe('the AsyncAPI document', () => {
  it('is open to anyone and has every event of the catalogue', async () => {
    const { status, body } = await shop.api('GET', '/api-docs/events');
    expect(status).toBe(200);
    expect(body.asyncapi).toBe('3.0.0');
    expect(Object.keys(body.components.messages)).toEqual(Object.keys(catalogue));
    const inChannels = Object.values(body.channels).flatMap((channel) =>
      Object.keys((channel as { messages: object }).messages),
    );
    expect(inChannels.sort()).toEqual(Object.keys(catalogue).sort());
  });

  it('passes the linter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-asyncapi-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'asyncapi.json');
    await writeFile(file, JSON.stringify((await shop.api('GET', '/api-docs/events')).body));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(root, 'node_modules/.bin/redocly'),
        'lint',
        file,
        '--format=json',
        '--extends=recommended',
        '--skip-rule=security-defined',
      ],
      { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
    ).catch((error: { stdout: string }) => error);
    const { problems }: { problems: { ruleId: string; message: string }[] } = JSON.parse(stdout);
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });
});
