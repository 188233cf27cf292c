import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { trailHead } from '../../src/trail/trail.ts';
import type { openConsole } from '../admin/support.ts';
import type { Answer } from '../support/api.ts';
import type { TestShop } from '../support/shop.ts';

/** Does what a route is for, and returns what the acts are about (null: the shop as a whole). */
export interface Step {
  readonly acts: readonly string[];
  /** Whether the last of them is noted by a job, which comes from no address. */
  readonly endsByJob?: boolean;
  readonly run: () => Promise<string | null>;
}

export type Scene = ReturnType<typeof createScene>;

export const CSV =
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nmug,Mug,Title,Default Title,M,';
export const ENDPOINT = { url: 'http://127.0.0.1:9/', description: 'ERP' };

/** What the steps stand on: things to act upon, and the ways to act. */
export function createScene(shop: TestShop, admin: Awaited<ReturnType<typeof openConsole>>) {
  const asAdmin = async (method: string, path: string, body?: unknown): Promise<Answer> =>
    shop.api(method, path, {
      token: await shop.adminToken(),
      ...(body === undefined ? {} : { body }),
      headers: { 'idempotency-key': randomUUID() },
    });
  const submit = async (path: string, fields: Record<string, string> = {}) => {
    await admin.open('/admin/endpoints/new');
    return admin.submit(path, fields);
  };
  const placed = async (...steps: string[]) => {
    const { token } = await shop.customer();
    const product = await shop.product();
    const id: string = (await shop.order(token, product.variantId)).body.id;
    for (const status of steps) await asAdmin('PUT', `/api/orders/${id}`, { status });
    return id;
  };
  const endpoint = async (): Promise<string> =>
    (await asAdmin('POST', '/api/webhook-endpoints', ENDPOINT)).body.id;
  const delivery = async (endpointId: string): Promise<string> => {
    const { location } = await submit(`/admin/endpoints/${endpointId}/ping`);
    return location?.split('/').at(-1) ?? '';
  };
  const deadEvent = async () => {
    const { id } = await shop.db
      .selectFrom('outbox_events')
      .select('id')
      .limit(1)
      .executeTakeFirstOrThrow();
    await shop.db
      .updateTable('outbox_events')
      .set({ dead_at: new Date() })
      .where('id', '=', id)
      .execute();
    return id;
  };
  const parked = async () => {
    const id = `evt_${randomUUID()}`;
    const event = {
      provider: 'stripe' as const,
      event_id: id,
      type: 'x.y',
      payload: '{"type":"x.y"}',
    };
    await shop.db
      .insertInto('webhook_events')
      .values({ ...event, state: 'parked', note: 'unknown' })
      .execute();
    return id;
  };
  const task = async () => {
    const id = randomUUID();
    const about = { kind: 'payment_unknown', subject: id, title: 'Money', detail: 'x' } as const;
    await shop.db
      .insertInto('admin_tasks')
      .values({ id, ...about, severity: 'error' })
      .execute();
    return id;
  };

  const about =
    (run: (id: string) => Promise<{ status: number }>, make: () => Promise<string>) => async () => {
      const id = await make();
      scene.before = (await trailHead(shop.db)).position;
      const { status } = await run(id);
      expect(status).toBeLessThan(400);
      return id;
    };
  const productId = async () => (await shop.product()).id;
  const variantId = async () => (await shop.product()).variantId;
  const scene = {
    shop,
    admin,
    before: 0,
    asAdmin,
    submit,
    placed,
    endpoint,
    delivery,
    deadEvent,
    parked,
    task,
    about,
    productId,
    variantId,
  };
  return scene;
}
