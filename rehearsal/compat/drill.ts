import assert from 'node:assert/strict';
import { until } from '../../faults/wait.ts';
import type { ShopProcess } from '../../faults/world/shop-process.ts';
import { type Acknowledged, adminToken, Customer, get, makeProduct, refund } from '../customer.ts';
import { expectCleanAudit } from '../looks.ts';
import { makeProcess, START_MS, type Surroundings } from '../shop.ts';

/** What serves the shop in a version, and what that version of it sold last. */
interface Sold {
  readonly customer: Customer;
  readonly order: Acknowledged;
  readonly variantId: string;
}

/**
 * The version before on the schema of this one: it sells on a schema of its own, this version migrates beside it, it
 * goes on selling, and this version takes over what it sold; the audit is clean after each.
 * @param previousRoot where the code of the version before is
 * @throws Error where either version refuses what it must do, or the audit has findings
 */
export async function rehearseCompatibility(
  surroundings: Surroundings,
  {
    previousRoot,
    newPort,
    migrate,
    say,
  }: {
    previousRoot: string;
    newPort: number;
    migrate: () => Promise<readonly string[]>;
    say: (line: string) => void;
  },
): Promise<void> {
  const old = makeProcess(surroundings, {
    name: 'previous',
    role: 'all',
    port: surroundings.webPort,
    root: previousRoot,
  });
  const processes = [old];
  try {
    await ready(old);
    const before = await sell(old, surroundings, 'Oak board');
    say('the version before sells on its own schema');

    const applied = await migrate();
    say(`migrated beside it: ${applied.join(', ') || 'nothing'}`);
    await goOn(old, before);
    const after = await sell(old, surroundings, 'Elm board');
    await expectCleanAudit(surroundings.databaseUrl);
    say('it browses, signs in, sells, is paid and refunds on the new schema; the audit is clean');

    const now = makeProcess(surroundings, { name: 'this', role: 'web', port: newPort });
    processes.push(now);
    await ready(now);
    for (const sold of [before, after]) {
      sold.customer.moveTo(now.url);
      await goOn(now, sold);
    }
    await expectCleanAudit(surroundings.databaseUrl);
    say('this version serves beside it and goes on with what it sold; the audit is clean');
  } finally {
    for (const one of processes) await one.stop();
  }
}

async function ready(process: ShopProcess): Promise<void> {
  process.start();
  await until(() => process.isReady(), `${process.name} ready`, START_MS);
}

/** A product, a new account, and a paid order of it. */
async function sell(
  { url }: ShopProcess,
  { stripeUrl }: Surroundings,
  title: string,
): Promise<Sold> {
  const variantId = await makeProduct(url, await adminToken(url), title);
  const customer = new Customer(url, stripeUrl);
  await customer.register();
  const order = await customer.order(variantId);
  await customer.pay(order);
  await customer.paid(order);
  return { customer, order, variantId };
}

/** Looks around, signs in again, refunds some of the order and buys another of the same. */
async function goOn({ url }: ShopProcess, { customer, order, variantId }: Sold): Promise<void> {
  for (const path of ['/api/products?limit=5', '/api/products/search?q=board', '/', '/products'])
    assert.equal((await fetch(`${url}${path}`)).status < 400, true, path);
  assert.ok((await get(`${url}/api/products`)).data.length > 0, 'products are listed');
  await customer.signIn();
  assert.equal(await customer.statusOf(order), 'paid');
  await refund(url, await adminToken(url), order);
  const another = await customer.order(variantId);
  await customer.pay(another);
  await customer.paid(another);
}
