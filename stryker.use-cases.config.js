import rules from './stryker.config.js';

/** The same for use cases, which ask a database: `npm run mutation:use-cases` brings one. */
export default {
  ...rules,
  mutate: [
    'src/modules/inventory/*.service.ts',
    'src/modules/ledger/ledger.service.ts',
    'src/modules/orders/{orders,place-order}.service.ts',
    'src/modules/payments/{checkout,finish-checkout,manual-payments,payments,receive-event,refund-limits,refunds,settle,webhooks}.service.ts',
  ],
  vitest: { configFile: 'vitest.use-cases.config.ts', related: false },
  htmlReporter: { fileName: 'reports/mutation/use-cases.html' },
  jsonReporter: { fileName: 'reports/mutation/use-cases.json' },
  ignorePatterns: [...rules.ignorePatterns, '!/vitest.use-cases.config.ts'],
};
