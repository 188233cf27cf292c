import rules from './stryker.rules.config.js';

/** The same for use cases, which ask a database: `npm run mutation:use-cases` brings one. */
export default {
  ...rules,
  mutate: [
    'src/http/{idempotency,rate-limit}.ts',
    'src/modules/inventory/*.service.ts',
    'src/modules/ledger/ledger.service.ts',
    'src/modules/orders/{order-desk,orders,place-order,price-orders}.service.ts',
    'src/modules/payments/{checkout,checkout-items,finish-checkout,manual-payments,parked-events}.service.ts',
    'src/modules/payments/{payments,receive-event,refund-limits,refunds,settle,webhooks}.service.ts',
    'src/trail/{chain,loose-acts,trail,writer}.ts',
  ],
  vitest: { configFile: 'vitest.use-cases.config.ts', related: false },
  htmlReporter: { fileName: 'reports/mutation/use-cases.html' },
  jsonReporter: { fileName: 'reports/mutation/use-cases.json' },
  ignorePatterns: [...rules.ignorePatterns, '!/vitest.use-cases.config.ts'],
};
