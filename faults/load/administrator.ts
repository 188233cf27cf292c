import { randomUUID } from 'node:crypto';
import type { Random } from '../random.ts';
import { pause } from '../wait.ts';
import { isDefinite, type ShopClient } from './client.ts';
import type { Variant } from './goods.ts';
import type { Adjusting, History, Refunding } from './history.ts';

export interface AdministratorDeps {
  readonly client: ShopClient;
  readonly history: History;
  readonly random: Random;
  readonly variants: readonly Variant[];
  readonly token: string;
}

interface PaidOrder {
  readonly id: string;
  readonly total: { readonly amount: number; readonly currency: string };
}

/** An administrator who sends, refunds and counts stock until told to stop. */
export async function keepShop(deps: AdministratorDeps, stopped: () => boolean): Promise<void> {
  const { random } = deps;
  while (!stopped()) {
    for (const order of await paidOrders(deps)) {
      if (stopped()) break;
      const choice = random.next();
      if (choice < 0.35) await fulfil(deps, order);
      else if (choice < 0.6) await refundSomehow(deps, order);
    }
    await adjustStock(deps);
    await pause(random.integer(200, 800));
  }
}

async function paidOrders({ client, token }: AdministratorDeps): Promise<PaidOrder[]> {
  const reply = await client.ask('GET', '/api/orders?status=paid&limit=10', { token });
  return reply.kind === 'answer' && reply.status === 200 ? reply.body.data : [];
}

async function fulfil({ client, history, token }: AdministratorDeps, { id }: PaidOrder) {
  const reply = await client.askUntilDefinite('PUT', `/api/orders/${id}`, {
    token,
    body: { status: 'fulfilled' },
  });
  if (isDefinite(reply) && reply.status === 200) history.count('orders fulfilled');
}

/** A part, all of it, the same twice, or two at once that together are more than was paid. */
async function refundSomehow(deps: AdministratorDeps, order: PaidOrder): Promise<void> {
  const { amount } = order.total;
  const part = Math.max(1, Math.floor(amount / 3));
  const way = deps.random.next();
  if (way < 0.4) await refund(deps, order, part);
  else if (way < 0.7) await refund(deps, order, null);
  else {
    deps.history.count('refunds raced');
    const most = Math.max(1, Math.ceil(amount * 0.7));
    await Promise.all([refund(deps, order, most), refund(deps, order, most)]);
  }
}

async function refund(
  { client, history, random, token }: AdministratorDeps,
  { id, total }: PaidOrder,
  amount: number | null,
): Promise<void> {
  const key = randomUUID();
  const kept: Refunding = { key, orderId: id, outcome: 'unknown', refundIds: new Set() };
  history.refundings.set(key, kept);
  const ask = {
    token,
    key,
    body: {
      reason: key,
      ...(amount === null ? {} : { amount: { amount, currency: total.currency } }),
    },
  };
  const path = `/api/orders/${id}/refunds`;
  const reply = await client.askUntilDefinite('POST', path, ask);
  history.note('refund', { key, orderId: id, reply });
  if (!isDefinite(reply)) return;
  kept.outcome = reply.status === 201 ? 'done' : 'refused';
  history.count(reply.status === 201 ? 'refunds made' : 'refunds refused');
  if (reply.status !== 201) return;
  kept.refundIds.add(reply.body.id);
  if (random.chance(0.2)) {
    const again = await client.ask('POST', path, ask);
    if (isDefinite(again) && again.status === 201) kept.refundIds.add(again.body.id);
  }
}

/** Hot goods come in small numbers, again and again; now and then some break. */
async function adjustStock({ client, history, random, variants, token }: AdministratorDeps) {
  const { id: variantId } = random.pick(variants.filter(({ hot }) => hot));
  const delta = random.chance(0.6) ? random.integer(1, 3) : -1;
  const reason = randomUUID();
  const adjusting: Adjusting = { reason, variantId, delta, outcome: 'unknown' };
  history.adjustings.set(reason, adjusting);
  const reply = await client.ask('POST', `/api/inventory/${variantId}/adjustments`, {
    token,
    body: { delta, reason },
  });
  history.note('adjust', { reason, variantId, delta, reply });
  if (!isDefinite(reply)) return;
  adjusting.outcome = reply.status === 201 ? 'done' : 'refused';
  if (reply.status === 201) history.count('stock adjusted');
}
