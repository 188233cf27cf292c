import type pg from 'pg';

const materials = [
  'Copper',
  'Oak',
  'Walnut',
  'Linen',
  'Wool',
  'Stoneware',
  'Enamel',
  'Brass',
  'Steel',
  'Leather',
];
const things = [
  ...['kettle', 'board', 'bowl', 'towel', 'socks', 'lantern', 'mug', 'clock', 'pan', 'belt'],
  ...[
    'jacket',
    'basket',
    'vase',
    'tray',
    'lamp',
    'blanket',
    'notebook',
    'scissors',
    'stool',
    'knife',
  ],
];

/**
 * Fills an empty catalogue by SQL alone: two variants a product, tags, vendors, categories, and a vocabulary of some
 * 20,000 words.
 */
export async function loadCatalogue(pool: pg.Pool, count: number): Promise<void> {
  const client = await pool.connect();
  const run = (text: string, values: unknown[] = []) => client.query(text, values);
  try {
    await run('SET statement_timeout = 0');
    await run(
      `INSERT INTO products (id, slug, title, description, status, vendor, type, tags, currency, min_price)
       SELECT ${idOf('n', '0')}, 'product-' || n, word.material || ' ' || word.thing || ' ' || word.name || ' ' || n,
         '<p>A ' || lower(word.material) || ' ' || word.thing || ', made to be used every day and to be mended.</p>',
         CASE WHEN n % 50 = 0 THEN 'draft' ELSE 'active' END, 'Vendor ' || n % 500, word.thing,
         ARRAY['tag-' || n % 1000] || CASE WHEN n / 10 % 10 = 3 THEN '{sale}'::text[] ELSE '{}' END,
         'USD', 100 + (n::bigint * 7919) % 20000
       FROM generate_series(1, $1::int) AS n,
         LATERAL (SELECT ($2::text[])[1 + n % $4] AS material, ($3::text[])[1 + (n / 7) % $5] AS thing,
           translate((n % 20000 * 104729)::text, '0123456789', 'aeioutrnsl') AS name) AS word`,
      [count, materials, things, materials.length, things.length],
    );
    await run(
      `INSERT INTO variants (id, product_id, position, sku, title, options, option_key, price, currency)
       SELECT ${idOf('n', 'position + 1')}, ${idOf('n', '0')}, position, 'SKU-' || n || '-' || position, position::text,
         jsonb_build_object('Size', position::text), position::text, 100 + (n::bigint * 7919) % 20000 + position * 100, 'USD'
       FROM generate_series(1, $1::int) AS n, generate_series(0, 1) AS position`,
      [count],
    );
    await run(
      `INSERT INTO stock_levels (variant_id, on_hand, policy)
       SELECT id, (row_number() OVER () / 2) % 4 * 5, 'deny' FROM variants ORDER BY id`,
    );
    await run(
      `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta)
       SELECT variant_id, 'receipt', on_hand, 0 FROM stock_levels WHERE on_hand > 0`,
    );
    await run(
      `INSERT INTO categories (id, slug, name)
       SELECT ${idOf('n', '9')}, 'category-' || n, 'Category ' || n FROM generate_series(1, 40) AS n`,
    );
    await run(
      `INSERT INTO product_categories (product_id, category_id)
       SELECT ${idOf('n', '0')}, ${idOf('(1 + n % 40)', '9')} FROM generate_series(1, $1::int) AS n`,
      [count],
    );
    await run('VACUUM (ANALYZE)');
  } finally {
    client.release(true);
  }
}

/** An id with the shape and the order of a UUIDv7, made from a number. */
function idOf(n: string, kind: string): string {
  return `('0199f6d2-' || lpad(to_hex(${n} >> 16), 4, '0') || '-7' || lpad((${kind})::text, 3, '0') || '-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
}
