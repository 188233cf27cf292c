import { describe, expect, test } from 'vitest';
import { barChart } from '../../src/http/charts.views.ts';
import { pagination, price, statusBadge, stockNote } from '../../src/http/components.views.ts';
import { errorSummary, field } from '../../src/http/forms.views.ts';
import { dataTable } from '../../src/http/tables.views.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });

describe('form fields', () => {
  const errors = [{ path: 'items.0.sku', message: 'Give a SKU' }];

  test('a field with an error keeps what was typed and is tied to its message and hint', () => {
    const markup = String(
      field({ name: 'items.0.sku', label: 'SKU', value: 'A"1', hint: 'As printed', errors }),
    );
    expect(markup).toContain('value="A&#34;1"');
    expect(markup).toContain('aria-invalid="true"');
    expect(markup).toContain('aria-describedby="field-items-0-sku-error field-items-0-sku-hint"');
    expect(markup).toContain('id="field-items-0-sku-error">Give a SKU');
  });

  test('the error summary leads to the field that it speaks of', () => {
    expect(String(errorSummary(errors))).toContain('<a href="#field-items-0-sku">Give a SKU</a>');
    expect(String(errorSummary([]))).toBe('');
  });

  test('a password is never sent back', () => {
    const markup = String(field({ name: 'p', label: 'P', type: 'password', value: 'hunter22' }));
    expect(markup).not.toContain('hunter22');
  });
});

describe('prices, stock and status', () => {
  test('money is written with the decimals of its currency', () => {
    const written = [
      usd(1999),
      { amount: 1999, currency: 'JPY' },
      { amount: 1999, currency: 'KWD' },
    ];
    const markup = written.map((money) => String(price({ price: money })));
    expect(markup[0]).toContain('$19.99');
    expect(markup[1]).toContain('¥1,999');
    expect(markup[2]).toContain('1.999');
  });

  test('a former price is shown only where it was higher', () => {
    expect(String(price({ price: usd(100), compareAtPrice: usd(150) }))).toContain('<s');
    expect(String(price({ price: usd(100), compareAtPrice: usd(100) }))).not.toContain('<s ');
  });

  test('stock is counted out only when it is low, and an oversellable variant is never sold out', () => {
    const note = (available: number, inventoryPolicy: 'deny' | 'continue' = 'deny') =>
      String(stockNote({ available, inventoryPolicy }));
    expect(note(40)).toContain('In stock');
    expect(note(2)).toContain('Only 2 left');
    expect(note(0)).toContain('Sold out');
    expect(note(-3, 'continue')).toContain('Made to order');
  });

  test('a status reads as words', () => {
    expect(String(statusBadge('partially_refunded'))).toContain('Partially refunded');
  });
});

describe('tables, lists and charts', () => {
  test('a sorted column says so and its link turns the order round', () => {
    const markup = String(
      dataTable({
        caption: 'Orders',
        columns: [
          { label: 'Number', cell: (row) => row.number, rowHeader: true, sortBy: 'number' },
          { label: 'Total', cell: (row) => row.total, sortBy: 'total' },
        ],
        rows: [{ number: 7, total: 5 }],
        sorting: { by: 'number', direction: 'ascending', href: (by, to) => `?sort=${by}-${to}` },
      }),
    );
    expect(markup).toContain('aria-sort="ascending"');
    expect(markup).toContain('href="?sort&#61;number-descending"');
    expect(markup).toContain('href="?sort&#61;total-ascending"');
    expect(markup).toContain('<th scope="row">7</th>');
  });

  test('a list of one page has no pagination', () => {
    expect(String(pagination({ nextHref: null }))).toBe('');
    expect(String(pagination({ nextHref: '/?cursor=a' }))).toContain('Next page');
  });

  test('a chart gives its numbers in words and as a table; nothing sold draws flat bars', () => {
    const points = [
      { label: 'Mon', value: 0, text: '$0.00' },
      { label: 'Tue', value: 400, text: '$4.00' },
    ];
    const markup = String(barChart({ title: 'Revenue', measure: 'Revenue', points }));
    expect(markup).toContain('Revenue, Mon to Tue. Highest: $4.00 (Tue).');
    expect(markup).toContain('<th scope="row">Tue</th><td class="align-end">$4.00</td>');
    const flat = barChart({ title: 'R', measure: 'R', points: points.slice(0, 1) });
    expect(String(flat)).not.toContain('NaN');
  });
});
