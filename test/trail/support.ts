import type { TestShop } from '../support/shop.ts';

/** Every route of the shop that may change something, as `METHOD /template`: each has a metric from the start. */
export async function changingRoutes(shop: TestShop): Promise<string[]> {
  const text = await (await fetch(`${shop.url}/metrics`)).text();
  const routes = [...text.matchAll(/^http_requests_total\{([^}]*)\}/gm)].map(([, labels = '']) => {
    const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    return `${label('method')} ${label('route')}`;
  });
  return [...new Set(routes)].filter((route) => /^(POST|PUT|PATCH|DELETE) \//.test(route)).sort();
}

/** What the trail tells, in its order, from after a position on. */
export async function trailAfter(shop: TestShop, position: number) {
  return shop.db
    .selectFrom('trail')
    .selectAll()
    .where('position', '>', position)
    .orderBy('position')
    .execute();
}
