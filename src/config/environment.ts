export type Environment = Readonly<Record<string, string | undefined>>;

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
