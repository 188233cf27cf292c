import { defineConfig } from 'vitest/config';

/** The tests that stryker.use-cases.config.js runs for each change. */
export default defineConfig({
  test: {
    include: ['test/use-cases/**/*.test.ts', 'test/trail/chain.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    isolate: false,
  },
});
