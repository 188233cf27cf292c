import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { catalogue } from '../../src/events/catalogue.ts';
import { cloudEventOf } from '../../src/events/cloud-event.ts';
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

  it('describes the events as they are sent', async () => {
    const { token } = await shop.customer();
    const product = await shop.product();
    const { body: order } = await shop.order(token, product.variantId);
    for (const status of ['paid', 'fulfilled'])
      await shop.api('PUT', `/api/orders/${order.id}`, {
        token: await shop.adminToken(),
        body: { status },
      });
    const { body } = await shop.api('GET', '/api-docs/events');
    const ajv = addFormats.default(new Ajv({ allErrors: true }));
    const rows = await shop.db.selectFrom('outbox_events').selectAll().execute();
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) {
      const validate = ajv.compile(body.components.messages[row.type].payload);
      const sent = JSON.parse(JSON.stringify(cloudEventOf(row, shop.url)));
      expect(validate(sent), `${row.type}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      expect(validate({ ...sent, sequence: row.sequence }), row.type).toBe(false);
    }
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
