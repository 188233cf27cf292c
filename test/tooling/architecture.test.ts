import { execFile } from 'node:child_process';
import { cp, glob, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Cruise {
  summary: {
    totalCruised: number;
    violations: { from: string; rule: { name: string }; cycle?: { name: string }[] }[];
  };
  modules: { source: string }[];
}

/** One file that breaks one rule each, put into a copy of the source. */
const planted: Record<string, { file: string; text: string }> = {
  'no-cycles': {
    file: 'src/shared/planted-cycle.ts',
    text: "export { one } from './planted-cycle-2.ts';\nexport const two = 2;",
  },
  'no-unresolvable': {
    file: 'src/modules/orders/planted-nothing.ts',
    text: "import './there-is-none.ts';",
  },
  'only-declared-packages': {
    file: 'src/telemetry/planted-dev-package.ts',
    text: "import { test } from 'vitest';\ntest('x', () => {});",
  },
  'src-knows-no-tests': {
    file: 'src/http/planted-test.ts',
    text: "export { until } from '../../test/support/until.ts';",
  },
  'shared-imports-nothing': {
    file: 'src/shared/planted-import.ts',
    text: "export { ping } from '../database/database.ts';",
  },
  'http-knows-no-module': {
    file: 'src/http/planted-module.ts',
    text: "export { getOrder } from '../modules/orders/orders.service.ts';",
  },
  'trail-knows-no-module': {
    file: 'src/trail/planted-module.ts',
    text: "export { getOrder } from '../modules/orders/orders.service.ts';",
  },
  'resilience-knows-no-module': {
    file: 'src/resilience/planted-module.ts',
    text: "export { stripeFailure } from '../modules/payments/stripe-client.gateway.ts';",
  },
  'secrets-know-no-module': {
    file: 'src/secrets/planted-module.ts',
    text: "export { findOrder } from '../modules/orders/orders.repository.ts';",
  },
  'nothing-imports-entries': {
    file: 'src/telemetry/planted-entry.ts',
    text: "export { startShop } from '../shop.ts';",
  },
  'development-is-loaded-on-demand': {
    file: 'src/main.ts',
    text: "import './dev/mailbox.ts';\n",
  },
  'development-is-loaded-by-entries': {
    file: 'src/modules/orders/planted-development.service.ts',
    text: "export const load = () => import('../../dev/mailbox.ts');",
  },
  'services-know-no-transport': {
    file: 'src/modules/orders/planted-transport.service.ts',
    text: "export { ordersController } from './orders.controller.ts';",
  },
  'repositories-know-no-services': {
    file: 'src/modules/orders/planted-upward.repository.ts',
    text: "export { getOrder } from './orders.service.ts';",
  },
  'models-are-pure': {
    file: 'src/modules/orders/planted-reach.model.ts',
    text: "export { findOrder } from './orders.repository.ts';",
  },
  'controllers-write-no-sql': {
    file: 'src/modules/orders/planted-sql.controller.ts',
    text: "export { findOrder } from './orders.repository.ts';",
  },
  'sql-in-repositories': {
    file: 'src/modules/orders/planted-sql.service.ts',
    text: "export { sql } from 'kysely';",
  },
  'vendors-behind-gateways': {
    file: 'src/modules/payments/planted-vendor.service.ts',
    text: "import Stripe from 'stripe';\nexport const stripe = Stripe;",
  },
  'no-http-below-controllers': {
    file: 'src/modules/orders/planted-http.service.ts',
    text: "import type { FastifyRequest } from 'fastify';\nexport type R = FastifyRequest;",
  },
  'modules-meet-in-services': {
    file: 'src/modules/payments/planted-shortcut.service.ts',
    text: "export { findOrder } from '../orders/orders.repository.ts';",
  },
  'identity-imports-no-module': {
    file: 'src/modules/identity/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'factors-imports-identity': {
    file: 'src/modules/factors/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'inventory-imports-no-module': {
    file: 'src/modules/inventory/planted-lean.service.ts',
    text: "export { listCategories } from '../catalog/catalog.service.ts';",
  },
  'notifications-imports-no-module': {
    file: 'src/modules/notifications/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'audit-imports-no-module': {
    file: 'src/modules/audit/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'trail-imports-no-module': {
    file: 'src/modules/trail/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'privacy-imports-identity-and-factors-and-oidc-and-cart-and-orders-and-payments-and-staff-and-tasks-and-flags':
    {
      file: 'src/modules/privacy/planted-lean.service.ts',
      text: "export { getEndpoint } from '../webhooks/endpoints.service.ts';",
    },
  'flags-imports-no-module': {
    file: 'src/modules/flags/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'ledger-imports-no-module': {
    file: 'src/modules/ledger/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'catalog-imports-inventory': {
    file: 'src/modules/catalog/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'cart-imports-catalog-and-inventory': {
    file: 'src/modules/cart/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'orders-imports-inventory-and-catalog': {
    file: 'src/modules/orders/planted-lean.service.ts',
    text: "export { startCheckout } from '../payments/checkout.service.ts';",
  },
  'payments-imports-orders-and-ledger': {
    file: 'src/modules/payments/planted-lean.service.ts',
    text: "export { countCart } from '../cart/cart.service.ts';",
  },
  'tasks-imports-no-module': {
    file: 'src/modules/tasks/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'reconciliation-imports-payments-and-tasks-and-audit': {
    file: 'src/modules/reconciliation/planted-lean.service.ts',
    text: "export { countCart } from '../cart/cart.service.ts';",
  },
  'story-imports-no-module': {
    file: 'src/modules/story/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'oidc-imports-identity-and-staff': {
    file: 'src/modules/oidc/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'staff-imports-identity': {
    file: 'src/modules/staff/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'webhooks-imports-no-module': {
    file: 'src/modules/webhooks/planted-lean.service.ts',
    text: "export { getOrder } from '../orders/orders.service.ts';",
  },
  'storefront-stands-alone': {
    file: 'src/modules/admin/planted-pages.ts',
    text: "export * from '../storefront/excerpt.model.ts';",
  },
  'admin-stands-alone': {
    file: 'src/modules/storefront/planted-pages.ts',
    text: "export * from '../admin/admin-orders.service.ts';",
  },
};

const root = join(import.meta.dirname, '../..');
let folder = '';
let cruise: Cruise;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mainstay-architecture-'));
  for (const name of [
    'src',
    'test/support',
    'package.json',
    'tsconfig.json',
    '.dependency-cruiser.js',
  ])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await writeFile(
    join(folder, 'src/shared/planted-cycle-2.ts'),
    "export { two } from './planted-cycle.ts';\nexport const one = 1;",
  );
  for (const { file, text } of Object.values(planted))
    await writeFile(join(folder, file), text, { flag: 'a' });
  cruise = await cruiseCopy();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the import rules', () => {
  it('look at every file of the source', async () => {
    const files = [];
    for await (const file of glob('src/**/*.ts', { cwd: folder })) files.push(file);
    const cruised = new Set(cruise.modules.map(({ source }) => source));
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => !cruised.has(file))).toEqual([]);
  });

  it.each(Object.entries(planted))('report a breach of %s', (rule, { file }) => {
    expect(rulesBrokenBy(file)).toContain(rule);
  });

  it('are each proved by a planted breach', async () => {
    const config = await import(join(root, '.dependency-cruiser.js'));
    const names = config.default.forbidden.map(({ name }: { name: string }) => name);
    expect(Object.keys(planted).toSorted()).toEqual(names.toSorted());
  });

  it('are kept by the source itself', () => {
    const plantedFiles = new Set(Object.values(planted).map(({ file }) => file));
    const own = cruise.summary.violations.filter(
      ({ from }) => !plantedFiles.has(from) && !from.includes('planted-'),
    );
    expect(own).toEqual([]);
  });
});

function rulesBrokenBy(file: string): string[] {
  // A cycle is reported once, from whichever file it was found.
  return cruise.summary.violations
    .filter(({ from, cycle = [] }) => from === file || cycle.some(({ name }) => name === file))
    .map(({ rule }) => rule.name);
}

async function cruiseCopy(): Promise<Cruise> {
  const program = join(root, 'node_modules/.bin/depcruise');
  // It exits with the number of violations, which are what is asked for here.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'src', '--preserve-symlinks', '--output-type', 'json'],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout);
}
