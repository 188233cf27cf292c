import { stopAndStart } from '../kinds/database.ts';
import type { Act } from '../stage.ts';
import { pause } from '../wait.ts';

const AWAY_MS = 5_000;
const BETWEEN_MS = 10_000;

/** PostgreSQL goes and comes back four times; every process must be ready again in time, without being restarted. */
export const databaseRestart: Act = {
  deploys: false,
  async perform(scene, say) {
    const modes = ['fast', 'immediate', 'fast', 'immediate'] as const;
    for (const mode of modes) {
      await pause(BETWEEN_MS);
      say(`PostgreSQL stops (${mode})`);
      await stopAndStart(scene, mode, AWAY_MS);
      say('every process is ready again');
    }
    await pause(BETWEEN_MS);
    return {
      planned: [],
      struck: { 'database-stopped': modes.length },
      skipped: {},
      violations: async () => [],
    };
  },
};
