import { onlyVariantOf } from './flags.model.ts';
import type { ListedFlag } from './flags.service.ts';
import type { FlagFinding } from './stale.model.ts';

/** The flags for a terminal: a line for each, and below it what should be done about it. */
export function flagReport(flags: readonly ListedFlag[], findings: readonly FlagFinding[]): string {
  const width = Math.max(...flags.map(({ flag }) => flag.key.length));
  return flags
    .flatMap(({ flag, declaration }) => {
      const only = declaration && onlyVariantOf(flag, declaration);
      const served = declaration === null ? 'not in the code' : (only ?? 'by rules and parts');
      const told = findings.filter(({ key }) => key === flag.key);
      return [
        `${flag.key.padEnd(width)}  ${served}`,
        ...told.map(({ text }) => `${''.padEnd(width)}  ${text}`),
      ];
    })
    .join('\n');
}
