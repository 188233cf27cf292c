import { join } from 'node:path';
import { hammer } from './load.ts';
import type { Measure } from './measure.ts';
import { openBareServer, type ShopProcess } from './processes.ts';

/** What a process answers of a bare one's rate, and more, where nothing else needs the machine: docs/performance.md. */
const REMEMBERED = 0.8;
/** A page is drawn anew for each visitor, from what is kept: half of what a quiet machine reaches. */
const PAGE = 0.05;

/** What shoppers read most, each against a bare server that answers the same bytes. */
export async function readings(
  shop: ShopProcess,
  {
    seconds,
    folder,
    closing,
  }: { seconds: number; folder: string; closing: (() => Promise<unknown>)[] },
): Promise<Measure[]> {
  const listing = '/api/products?limit=20';
  const { data } = JSON.parse(await (await fetch(`${shop.url}${listing}`)).text());
  const paths = [
    ['listing', listing, REMEMBERED],
    ['product', `/api/products/${data[0].id}`, REMEMBERED],
    ['search', '/api/products/search?q=copper+kettle', REMEMBERED],
    ['page, front', '/', PAGE],
    ['page, list', '/products', 0],
    ['page, product', `/products/${data[0].slug}`, 0],
  ] as const;
  return Promise.all(
    paths.map(async ([name, path, least]): Promise<Measure> => {
      const url = `${shop.url}${path}`;
      const bare = await openBareServer(url, join(folder, name));
      closing.push(() => bare.stop());
      return {
        name,
        floor: async () => (await hammer(bare.url, { seconds })).rate,
        shop: () => hammer(url, { seconds }),
        least,
      };
    }),
  );
}
