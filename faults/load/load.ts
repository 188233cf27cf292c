import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import { keepShop } from './administrator.ts';
import { isDefinite, ShopClient } from './client.ts';
import { createGoods, signInAdmin, type Variant } from './goods.ts';
import type { History } from './history.ts';
import { goShopping, lookAround } from './shopper.ts';

/** Shoppers and an administrator at work. */
export interface Load {
  /** Registers the merchant's endpoint, for every event from now on. */
  registerMerchant(): Promise<void>;
  readonly variants: readonly Variant[];
  setImpatience(impatient: boolean): void;
  /** Lets more people look at goods, and buy nothing. */
  addBrowsers(count: number): void;
  /** Lets everybody finish what they are at. @throws what stopped one of them. */
  stop(): Promise<void>;
}

const ADMINISTRATORS = 2;

/** Fills the catalogue and sets shoppers to work on it. */
export async function startLoad(
  world: World,
  { history, random, shoppers }: { history: History; random: Random; shoppers: number },
): Promise<Load> {
  const targets = () => world.webs.map(({ url }) => url);
  const client = new ShopClient(targets, random.fork(), history);
  const token = await signInAdmin(client);
  const variants = await createGoods(client, token);
  let stopped = false;
  let impatient = false;
  const isStopped = () => stopped;
  const { stripe, reservationSeconds } = world;
  const shopperDeps = () => ({
    client,
    history,
    variants,
    stripe,
    reservationSeconds,
    random: random.fork(),
    impatient: () => impatient,
  });
  const shopper = () => goShopping(shopperDeps(), isStopped);
  const administrator = () =>
    keepShop({ client, history, variants, token, random: random.fork() }, isStopped);
  const everybody = [
    ...Array.from({ length: shoppers }, shopper),
    ...Array.from({ length: ADMINISTRATORS }, administrator),
  ];
  return {
    variants,
    async registerMerchant() {
      const body = { url: world.merchant.url, description: 'The merchant of the fault kit' };
      const reply = await client.askUntilDefinite('POST', '/api/webhook-endpoints', {
        token,
        body,
      });
      if (!isDefinite(reply) || reply.status !== 201) throw new Error('no endpoint was registered');
      world.merchant.trust(reply.body.secret);
    },
    setImpatience(value) {
      impatient = value;
    },
    addBrowsers(count) {
      for (let added = 0; added < count; added += 1)
        everybody.push(lookAround(shopperDeps(), isStopped));
    },
    async stop() {
      stopped = true;
      const failed = (await Promise.allSettled(everybody)).find((one) => one.status === 'rejected');
      client.close();
      if (failed) throw failed.reason;
    },
  };
}
