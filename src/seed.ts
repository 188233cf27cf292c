import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { environment } from './config/environment.ts';
import { isProduction } from './config/reader.ts';
import { prepareSchema } from './database/schema.ts';

const USAGE = 'Usage: npm run seed -- --products 100000 --orders 1000000 [--append]';

await runCommand(environment(), 1, async ({ pool, say, fetched }) => {
  const wanted = readArguments(process.argv.slice(2));
  if (isProduction(environment(), fetched))
    throw new Error('NODE_ENV is production: made-up products and orders have no place there.');
  const { CUSTOMER_PASSWORD, fillShop } = await import('./dev/fill/fill-shop.ts');
  await prepareSchema(pool);
  const began = Date.now();
  await fillShop(pool, wanted, say);
  say(`Done in ${Math.round((Date.now() - began) / 1000)} s. npm run audit checks it.`);
  if (wanted.orders > 0)
    say(`Customers are customer-1@seed.example and on, each with ${CUSTOMER_PASSWORD}.`);
  return 0;
});

/** @throws Error with the usage for anything else. */
function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        products: { type: 'string', default: '1000' },
        orders: { type: 'string', default: '10000' },
        append: { type: 'boolean', default: false },
      },
    });
    return {
      products: countOf(values.products),
      orders: countOf(values.orders),
      append: values.append,
    };
  } catch {
    throw new Error(USAGE);
  }
}

function countOf(text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new Error(USAGE);
  return Number(text);
}
