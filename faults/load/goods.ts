import { ADMIN } from '../world/world.ts';
import type { ShopClient } from './client.ts';
import { isDefinite } from './client.ts';

export interface Variant {
  readonly id: string;
  readonly slug: string;
  /** In minor units of USD. */
  readonly price: number;
  /** Little of it is there, and most shoppers want it. */
  readonly hot: boolean;
}

const HOT = 4;
const PLENTY = 12;
const HOT_STOCK = 8;
const PLENTY_STOCK = 500;

/** Signs the administrator in. @throws Error when the shop does not let them. */
export async function signInAdmin(client: ShopClient): Promise<string> {
  const reply = await client.askUntilDefinite('POST', '/api/auth/login', { body: ADMIN });
  if (!isDefinite(reply) || reply.status !== 200)
    throw new Error('the administrator is not let in');
  return String(reply.body.accessToken);
}

/** Creates what is for sale: a few hot goods with little stock, and others with plenty. */
export async function createGoods(client: ShopClient, token: string): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (let index = 0; index < HOT + PLENTY; index += 1) {
    const hot = index < HOT;
    const price = 500 + index * 137;
    const reply = await client.ask('POST', '/api/products', {
      token,
      body: {
        title: hot ? `Hot lamp ${index}` : `Plain board ${index}`,
        status: 'active',
        variants: [
          {
            sku: `FAULT-${index}`,
            price: { amount: price, currency: 'USD' },
            stock: hot ? HOT_STOCK : PLENTY_STOCK,
          },
        ],
      },
    });
    if (!isDefinite(reply) || reply.status !== 201)
      throw new Error(`a product was not created: ${JSON.stringify(reply)}`);
    variants.push({ id: reply.body.variants[0].id, slug: reply.body.slug, price, hot });
  }
  return variants;
}
