import type { DemoProduct } from './demo-product.ts';
import { deskProducts } from './desk.ts';
import { homeProducts } from './home.ts';
import { kitchenProducts } from './kitchen.ts';
import { outdoorsProducts } from './outdoors.ts';
import { wearProducts } from './wear.ts';

/** What the demonstration shop sells, newest last. */
export const demoProducts: readonly DemoProduct[] = [
  ...homeProducts,
  ...wearProducts,
  ...outdoorsProducts,
  ...deskProducts,
  ...kitchenProducts,
];
