import type { Violation } from './check/violation.ts';
import type { History } from './load/history.ts';
import type { Quiet } from './quiet.ts';
import type { Strike } from './schedule.ts';

/** Everything about a run, as it is written to the report file. */
export interface Report {
  readonly seed: number;
  readonly scenario: string;
  readonly minutes: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly planned: readonly Strike[];
  /** How often each kind struck: connections cut, answers spoilt, processes killed. */
  readonly struck: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, string>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly quiet: Quiet;
  readonly violations: readonly Violation[];
}

/** A percentile of times, in milliseconds; 0 of none. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** How long successful pages of the catalogue took between two moments, in milliseconds. */
export function browsingBetween(history: History, from: number, to: number): number[] {
  return history.browsing
    .filter(({ at, status }) => at >= from && at < to && status === 200)
    .map(({ ms }) => ms);
}

/** The report for a terminal. */
export function reportText(report: Report): string {
  const { violations, quiet } = report;
  const left = Object.entries(quiet.left).map(([what, count]) => `${count} ${what}`);
  return [
    ...section('Faults that struck', report.struck),
    ...section('Skipped', report.skipped),
    ...section('What happened', report.counters),
    ...section('Figures', report.figures),
    '',
    `Quiet after ${(quiet.ms / 1000).toFixed(1)} s${left.length > 0 ? `, still waiting: ${left.join(', ')}` : ''}`,
    ...violations.map(({ check, what }) => `VIOLATION ${check}: ${what}`),
    violations.length === 0
      ? `Clean: seed ${report.seed}, ${report.planned.length} faults, no violation.`
      : `Not clean: seed ${report.seed}, ${violations.length} violations.`,
  ].join('\n');
}

function section(title: string, values: Readonly<Record<string, number | string>>): string[] {
  const rows = Object.entries(values);
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => name.length));
  const shown = (value: number | string) =>
    typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
  return ['', title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`)];
}
