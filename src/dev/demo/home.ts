import type { DemoProduct } from './demo-product.ts';

export const homeProducts: readonly DemoProduct[] = [
  {
    handle: 'stoneware-vase',
    title: 'Stoneware vase',
    description:
      '<p>Thrown by hand and dipped once, so that no two glaze lines are alike. Heavy at the foot: branches do not tip it.</p><ul><li>About 24 cm high</li><li>Watertight</li></ul>',
    vendor: 'Harbour & Kiln',
    type: 'Vase',
    tags: ['stoneware', 'handmade'],
    category: 'Home',
    status: 'active',
    options: [],
    variants: [{ sku: 'HOM-VAS-TER', options: {}, price: 5200, stock: 0 }],
    image: '/img/products/stoneware-vase.svg',
    imageAlt: 'A terracotta and cream vase holding green branches',
  },
  {
    handle: 'beeswax-candles',
    title: 'Beeswax candles',
    description:
      '<p>Three pillars of pure beeswax. They burn slowly, do not drip in still air, and smell of honey even when they are out.</p><ul><li>Set of three: 10, 14 and 18 cm</li><li>About 40, 55 and 70 hours</li></ul>',
    vendor: 'Hive Lane',
    type: 'Candle',
    tags: ['beeswax', 'light'],
    category: 'Home',
    status: 'active',
    options: [],
    variants: [{ sku: 'HOM-CND-SET', options: {}, price: 3800, stock: 29 }],
    image: '/img/products/beeswax-candles.svg',
    imageAlt: 'Three lit beeswax candles of different heights',
  },
  {
    handle: 'storage-basket',
    title: 'Woven storage basket',
    description:
      '<p>Seagrass, woven tight enough to stand up empty. For blankets, toys, logs or laundry.</p><ul><li>Leather handles, riveted</li><li>Folds in on itself when not needed</li></ul>',
    vendor: 'Weft',
    type: 'Basket',
    tags: ['seagrass', 'leather', 'storage'],
    category: 'Home',
    status: 'active',
    options: [{ name: 'Size', values: ['Medium', 'Large'] }],
    variants: [
      { sku: 'HOM-BSK-M', options: { Size: 'Medium' }, price: 4400, stock: 20 },
      { sku: 'HOM-BSK-L', options: { Size: 'Large' }, price: 5800, stock: 17 },
    ],
    image: '/img/products/storage-basket.svg',
    imageAlt: 'A woven basket with a blue band, filled with folded blankets',
  },
  {
    handle: 'wall-clock',
    title: 'Wall clock',
    description:
      '<p>A quiet movement behind an oak rim. The second hand sweeps; it does not tick.</p><ul><li>30 cm across</li><li>One AA battery lasts about two years</li></ul>',
    vendor: 'Field & Joint',
    type: 'Clock',
    tags: ['oak', 'wood'],
    category: 'Home',
    status: 'draft',
    options: [],
    variants: [{ sku: 'HOM-CLK-OAK', options: {}, price: 7900, stock: 0 }],
    image: '/img/products/wall-clock.svg',
    imageAlt: 'A round wall clock with an oak rim',
  },
];
