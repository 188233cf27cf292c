import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { createPool } from '../../src/database/pool.ts';
import { prepareSchema } from '../../src/database/schema.ts';
import { loadCatalogue } from '../../src/dev/fill/fill-catalogue.ts';
import { fillShop } from '../../src/dev/fill/fill-shop.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { post, type ShopProcess } from './processes.ts';

/** Makes the schema in an empty database and fills the catalogue; with orders, a year of them and their customers too. */
export async function fill(databaseUrl: string, products: number, orders = 0): Promise<void> {
  const pool = createPool(databaseUrl, {
    ...{ max: 2, logger: createLogger('silent') },
    // Filling takes as long as it takes.
    statementTimeoutMs: 0,
  });
  await prepareSchema(pool);
  if (orders === 0) await loadCatalogue(pool, products);
  else await fillShop(pool, { products, orders, append: false }, () => undefined);
  await pool.end();
}

/** A new product with so many variants, each with so many units; the variants' ids. */
export async function stock(
  { url, token }: ShopProcess,
  { title, variants, units }: { title: string; variants: number; units: number },
): Promise<string[]> {
  const product = await post(
    `${url}/api/products`,
    {
      title,
      status: 'active',
      variants: Array.from({ length: variants }, (_, index) => ({
        ...(variants > 1 && { options: { Size: String(index) } }),
        price: { amount: 1000, currency: 'USD' },
        stock: units,
      })),
    },
    token,
  );
  return product.variants.map(({ id }: { id: string }) => id);
}

/**
 * What `npm run audit` finds, a line each. Of a catalogue that was filled by SQL alone, that it has no events; warnings
 * do not count, as reconciliation makes tasks of that.
 */
export async function findingsOf(databaseUrl: string): Promise<string[]> {
  const child = spawn(process.execPath, ['src/audit.ts'], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text, [code]] = await Promise.all([textOf(child.stdout), once(child, 'exit')]);
  if (code === 0) return [];
  let counts = true;
  return text.split('\n').filter((line) => {
    // Rows stand below their check, indented.
    if (!line.startsWith(' '))
      counts = !/^(ok|warning|The audit trail ends|Not clean)\b/.test(line);
    return counts;
  });
}
