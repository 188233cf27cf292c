import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mugs, paidSession, payWith, start } from './support.ts';

type Json = Record<string, unknown>;

const fixturesPath = new URL('../../../shared/data/stripe-fixtures.json', import.meta.url);
const resources: Record<string, Json> = existsSync(fixturesPath)
  ? JSON.parse(readFileSync(fixturesPath, 'utf8')).resources
  : {};

// What the published examples show but one of several kinds of object has.
const ONLY_ELSEWHERE = new Set(['event.data.object', 'payment_intent.last_payment_error']);

test.skipIf(!existsSync(fixturesPath))(
  'every object has every field of the published example, with its JSON type',
  async () => {
    const running = await start();
    const { stripe } = running;
    const open = await stripe.checkout.sessions.create(mugs({ expand: ['line_items'] }));
    const declined = await payWith(running, open.id, '4000000000000002');
    const paid = await paidSession(running);
    const refund = await stripe.refunds.create({ charge: paid.charge, amount: 100 });
    const session = await stripe.checkout.sessions.retrieve(paid.sessionId);
    const charge = await stripe.charges.retrieve(paid.charge);
    const objects: [resource: string, object: unknown][] = [
      ['checkout.session', open],
      ['checkout.session', session],
      ['item', open.line_items?.data[0]],
      ['payment_intent', await stripe.paymentIntents.retrieve(paid.paymentIntent)],
      ['charge', charge],
      ['charge', await stripe.charges.retrieve(declined.body.error.charge ?? '')],
      ['refund', refund],
      ['event', (await stripe.events.list({ limit: 1 })).data[0]],
      [
        'balance_transaction',
        await stripe.balanceTransactions.retrieve(String(charge.balance_transaction)),
      ],
    ];
    const differences = objects.flatMap(([name, object]) =>
      compare(resources[name] ?? {}, JSON.parse(JSON.stringify(object)), name),
    );
    expect(differences).toEqual([]);
  },
);

/** Every field of the example that the object lacks, or has with another JSON type (null is any). */
function compare(example: Json, object: Json, path: string): string[] {
  return Object.entries(example).flatMap(([field, expected]) => {
    const name = `${path}.${field}`;
    if (ONLY_ELSEWHERE.has(name)) return [];
    const actual = object[field];
    if (actual === undefined) return [`${name} is missing`];
    if (expected === null || actual === null) return [];
    if (typeOf(actual) !== typeOf(expected)) return [`${name} is ${typeOf(actual)}`];
    return isObject(expected) && isObject(actual) ? compare(expected, actual, name) : [];
  });
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
