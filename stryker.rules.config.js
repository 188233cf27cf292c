/** Which rules are changed on purpose, to see whether a test notices: docs/mutation.md. */
export default {
  mutate: [
    'src/shared/{errors,erased,ids,money,network,pages,permissions,repeat,short-memory}.ts',
    'src/modules/{factors,identity,inventory,ledger,orders,reconciliation,staff,webhooks}/*.model.ts',
    'src/http/{access,browser,own-forms,principal,staff-factor,step-up}.ts',
    'src/http/limits/{gcra,limit-requests,local-limits,route-classes}.ts',
    'src/secrets/{keyring,sealer,signing-key}.ts',
  ],
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.rules.config.ts', related: false },
  // What is copied: the code, its tests, and what says how they run.
  ignorePatterns: [
    '/*',
    ...['/src', '/test', '/package.json', '/tsconfig.json', '/vitest.rules.config.ts'].map(
      (path) => `!${path}`,
    ),
  ],
  cleanTempDir: 'always',
  // Longer than a machine that is busy needs, so that what it has no time for does not count as noticed.
  timeoutMS: 20_000,
  concurrency: 2,
  warnings: { slow: false },
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutation/rules.html' },
  jsonReporter: { fileName: 'reports/mutation/rules.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 85 },
};
