import { defineConfig } from 'vitest/config';

/** The tests that stryker.config.js runs for each change: those of the rules, which are over in seconds. */
export default defineConfig({
  test: { include: ['test/rules/**/*.test.ts'], isolate: false },
});
