import { describe } from 'vitest';

/**
 * A suite that needs something of the machine: skipped, saying so, where that is lacking; run, and failing, where CI
 * is set.
 * @param lack what is lacking, as a sentence goes on after "skipped: "; null where nothing is.
 */
export function describeWhere(lack: string | null, title: string, suite: () => void): void {
  if (lack === null || process.env.CI === 'true') describe(title, suite);
  else describe.skip(`${title} (skipped: ${lack})`, suite);
}
