import fc from 'fast-check';
import { brokenBodies, hostileTexts, strangeTypes, strangeValues } from './hostile.ts';
import { ref } from './knowledge.ts';
import type { Body, Manner } from './shots.ts';

/** Bodies of operations that take something else than JSON by a schema, by the operation's name. */
export const specialBodies: Readonly<Record<string, (manner: Manner) => fc.Arbitrary<Body>>> = {
  'POST /api/webhooks/stripe': stripeEvents,
  'POST /api/products/import': files,
};

function stripeEvents(manner: Manner): fc.Arbitrary<Body> {
  const anything = fc.oneof(fc.constantFrom(...strangeValues), fc.constantFrom(...hostileTexts));
  const field = (good: fc.Arbitrary<unknown>) =>
    manner === 'valid' ? good : fc.oneof(good, anything);
  const object = fc.record(
    {
      id: field(fc.uuid().map((id) => `cs_${id}`)),
      object: field(fc.constantFrom('checkout.session', 'payment_intent', 'refund')),
      amount_total: field(fc.nat()),
      currency: field(fc.constantFrom('usd', 'eur')),
      client_reference_id: field(ref('orders')),
      metadata: field(fc.record({ order_id: field(ref('orders')) }, { noNullPrototype: true })),
      payment_status: field(fc.constantFrom('paid', 'unpaid')),
    },
    { noNullPrototype: true },
  );
  const event = fc.record(
    {
      id: field(fc.uuid().map((id) => `evt_${id}`)),
      object: field(fc.constant('event')),
      type: field(
        fc.constantFrom(
          'checkout.session.completed',
          'payment_intent.succeeded',
          'refund.updated',
          'a.b',
        ),
      ),
      created: field(fc.nat()),
      livemode: field(fc.boolean()),
      data: field(fc.record({ object: field(object) }, { noNullPrototype: true })),
    },
    { noNullPrototype: true },
  );
  const signed = event.map((found) => ({ signed: found }));
  if (manner === 'valid') return signed;
  const forged = fc
    .tuple(event, fc.constantFrom('', 't=1,v1=00', 't=,v1=', 'x'.repeat(2000), 't=NaN,v1=ÿ'))
    .map(([found, signature]) => ({
      raw: JSON.stringify(found),
      type: 'application/json',
      headers: { 'stripe-signature': signature },
    }));
  return fc.oneof(signed, forged, broken('application/json'));
}

const COLUMNS = [
  ...['Handle', 'Title', 'Body (HTML)', 'Vendor', 'Type', 'Tags', 'Published', 'Status'],
  ...['Option1 Name', 'Option1 Value', 'Variant SKU', 'Variant Price', 'Variant Inventory Qty'],
  ...['Variant Compare At Price', 'Image Src', 'Image Alt Text', 'Variant Inventory Policy'],
];

function files(manner: Manner): fc.Arbitrary<Body> {
  const good: Readonly<Record<string, fc.Arbitrary<string>>> = {
    Handle: fc.constantFrom('oak-tray', 'ash-tray', 'elm-tray'),
    Title: fc.constantFrom('Oak tray', 'Ash tray'),
    'Variant Price': fc.constantFrom('19.50', '1', '0.99'),
    'Variant Inventory Qty': fc.constantFrom('3', '0'),
    Status: fc.constantFrom('active', 'draft'),
    'Image Src': fc.constantFrom('https://images.example/a.png'),
  };
  const strange = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary' }));
  const cell = (column: string) => {
    const usual = good[column] ?? fc.string({ maxLength: 20 });
    return manner === 'valid'
      ? usual
      : fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: strange });
  };
  const table = fc.subarray(COLUMNS, { minLength: 1 }).chain((columns) => {
    const names =
      columns.includes('Handle') || manner === 'hostile' ? columns : ['Handle', ...columns];
    return fc
      .array(fc.tuple(...names.map(cell)), { maxLength: 6 })
      .map((rows) => [names, ...rows].map((row) => row.map(quoted).join()).join('\n'));
  });
  const file = table.map((text) => ({ raw: text, type: 'text/csv' }));
  if (manner !== 'hostile') return file;
  return fc.oneof(
    file,
    table.map(inForm),
    broken('text/csv'),
    broken('multipart/form-data; boundary=b'),
  );
}

function inForm(text: string): Body {
  const head = 'content-disposition: form-data; name="file"; filename="../../a\\"b.csv"';
  return {
    raw: `--b\r\n${head}\r\ncontent-type: text/csv\r\n\r\n${text}\r\n--b--\r\n`,
    type: 'multipart/form-data; boundary=b',
  };
}

function broken(type: string): fc.Arbitrary<Body> {
  return fc
    .tuple(fc.constantFrom(...brokenBodies), fc.constantFrom(type, ...strangeTypes))
    .map(([raw, given]) => ({ raw, type: given }));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
