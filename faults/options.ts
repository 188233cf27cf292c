import { parseArgs } from 'node:util';

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  /** Only these kinds; null: all. */
  readonly only: readonly string[] | null;
  readonly scenario: Scenario;
  /** Where the report goes; null: beside the logs. */
  readonly report: string | null;
  readonly shoppers: number;
  readonly list: boolean;
}

export const scenarios = ['everything', 'stripe-outage', 'database-restart'] as const;
export type Scenario = (typeof scenarios)[number];

export const USAGE = `Usage: npm run faults -- [--minutes M] [--seed N] [--only name,…] [--shoppers N]
       npm run faults -- --scenario stripe-outage | database-restart
       npm run faults -- --list
Options: --report FILE writes the report there.`;

/** Reads the command line. @throws Error with the usage for what it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const scenario = scenarios.find((name) => name === (values.scenario ?? 'everything'));
  if (!scenario) throw new Error(USAGE);
  return {
    seed: numberOf(values.seed, () => Math.floor(Math.random() * 1_000_000)),
    minutes: numberOf(values.minutes, () => 3),
    only: values.only?.split(',') ?? null,
    scenario,
    report: values.report ?? null,
    shoppers: numberOf(values.shoppers, () => 8),
    list: values.list ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        only: { type: 'string' },
        scenario: { type: 'string' },
        report: { type: 'string' },
        shoppers: { type: 'string' },
        list: { type: 'boolean' },
      },
    });
  } catch {
    throw new Error(USAGE);
  }
}

function numberOf(text: string | undefined, otherwise: () => number): number {
  if (text === undefined) return otherwise();
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Error(USAGE);
  return value;
}
