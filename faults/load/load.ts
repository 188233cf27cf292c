import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import { keepShop } from './administrator.ts';
import { ShopClient } from './client.ts';
import { createGoods, signInAdmin, type Variant } from './goods.ts';
import type { History } from './history.ts';
import { goShopping } from './shopper.ts';

/** Shoppers and an administrator at work. */
export interface Load {
  readonly variants: readonly Variant[];
  setImpatience(impatient: boolean): void;
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
  const shopper = () =>
    goShopping(
      {
        client,
        history,
        variants,
        random: random.fork(),
        stripe: world.stripe,
        reservationSeconds: world.reservationSeconds,
        impatient: () => impatient,
      },
      () => stopped,
    );
  const administrator = () =>
    keepShop({ client, history, variants, token, random: random.fork() }, () => stopped);
  const everybody = Promise.allSettled([
    ...Array.from({ length: shoppers }, shopper),
    ...Array.from({ length: ADMINISTRATORS }, administrator),
  ]);
  return {
    variants,
    setImpatience(value) {
      impatient = value;
    },
    async stop() {
      stopped = true;
      const failed = (await everybody).find((one) => one.status === 'rejected');
      client.close();
      if (failed) throw failed.reason;
    },
  };
}
