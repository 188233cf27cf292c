import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryCompatibility } from '../../rehearsal/compat/world.ts';

const root = join(import.meta.dirname, '../..');
const { stdout } = spawnSync('git', ['-C', root, 'rev-parse', '--is-shallow-repository']);
/** A job of CI of its own has the whole history; the clones of the others are shallow. */
const hasHistory = String(stdout).trim() === 'false';

describe.skipIf(!hasHistory)('the version before (skipped in a shallow clone)', () => {
  it('works on the schema of this one, and this one with what it wrote', async () => {
    const outcome = await tryCompatibility(undefined, () => undefined);
    expect(outcome?.applied.length).toBeGreaterThan(0);
  }, 600_000);
});
