import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});

// The same as in CI, only longer, and from a seed that is told; its exit code says whether anything was found.
await startVitest('test', ['test/fuzz/fuzz.test.ts'], {
  watch: false,
  env: { FUZZ_MINUTES: values.minutes, FUZZ_SEED: values.seed },
});
