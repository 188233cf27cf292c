import { defineConfig } from 'vitest/config';

/** The tests that stryker.rules.config.js runs for each change: those of the rules, which are over in seconds. */
export default defineConfig({
  test: {
    include: ['test/rules/**/*.test.ts', 'test/secrets/{keyring,sealer}.test.ts'],
    isolate: false,
  },
});
