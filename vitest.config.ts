import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    // graphile-worker notes a job's end without waiting for it, also when its shop has closed the pool meanwhile.
    onUnhandledError: ({ message, stack }) =>
      message !== 'Cannot use a pool after calling end on the pool' ||
      !stack?.includes('graphile-worker'),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/contract/setup.ts'],
    // For what hangs. How fast the machine is decides no test: a busy one takes ten times as long as an idle one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 3,
    // The source keeps no state of its own outside what `startShop` builds, and every file has its own database: a
    // process runs one file after another, and loads the shop once. Node runs the files as it runs the shop.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
