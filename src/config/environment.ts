export type Environment = Readonly<Record<string, string | undefined>>;

/** What was read for variables that are in a secrets manager. */
export interface Fetched {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export const NOTHING_FETCHED: Fetched = { values: new Map(), problems: [] };

/** The process environment. This module is its only reader. */
export function environment(): Environment {
  return process.env;
}

/** The configuration is unusable; the message lists every problem, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `Mainstay cannot start: ${problems.length} problem${problems.length === 1 ? '' : 's'} in its configuration.\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}
