import { kinds } from '../kinds/all.ts';
import { DEPLOY } from '../kinds/deploy.ts';
import type { Options } from '../options.ts';
import { planFaults } from '../schedule.ts';
import type { Act } from '../stage.ts';
import { strikeAll } from '../strike.ts';
import { weaknesses } from '../weakness.ts';

/** Every fault, or the chosen ones, in the order that the seed gives. */
export function everything(options: Options): Act {
  const { only, seed, minutes } = options;
  const chosen = kinds.filter(({ name }) => only === null || only.includes(name));
  const able = chosen.filter(({ missing }) => !missing);
  return {
    deploys: only === null || only.includes(DEPLOY),
    async perform(scene, say) {
      const planned = planFaults(able, { seed, ms: minutes * 60_000 });
      say(`${planned.length} faults in ${minutes} min`);
      const { struck, late } = await strikeAll(scene, planned, able, say);
      const skipped = Object.fromEntries(
        chosen.flatMap(({ name, missing }) => (missing ? [[name, missing]] : [])),
      );
      if (late.length > 0) scene.figure('faults left out for want of time', late.length);
      return {
        planned,
        struck: Object.fromEntries(struck),
        skipped,
        violations: () =>
          weaknesses({ scene, options, struck, skipped, late, planned, kinds: able }),
      };
    },
  };
}
