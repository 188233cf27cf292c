import type { TrailHead } from '../../trail/trail.ts';
import type { CheckResult } from './audit.model.ts';

/**
 * The audit for a terminal: a line for each check, the offending rows below it, the end of the audit trail, to be
 * kept elsewhere, and a verdict.
 */
export function auditReport(results: readonly CheckResult[], head: TrailHead): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.flatMap((result) => [
    `${verdictOf(result).padEnd(8)} ${result.name.padEnd(width)}  ${result.claim}`,
    ...offendersOf(result),
  ]);
  const trail = `The audit trail ends at ${head.position}:${head.hash}`;
  return [...lines, '', trail, summaryOf(results)].join('\n');
}

function verdictOf({ severity, count }: CheckResult): string {
  if (count === 0) return 'ok';
  return severity === 'finding' ? 'FINDING' : 'warning';
}

function offendersOf({ offenders, count }: CheckResult): string[] {
  const shown = offenders.map(({ subject, detail }) => `           ${subject}: ${detail}`);
  const hidden = count - offenders.length;
  return hidden > 0 ? [...shown, `           … and ${hidden} more`] : shown;
}

function summaryOf(results: readonly CheckResult[]): string {
  const rowsOf = (severity: CheckResult['severity']) =>
    results
      .filter((result) => result.severity === severity)
      .reduce((sum, { count }) => sum + count, 0);
  const findings = rowsOf('finding');
  const warnings = rowsOf('warning');
  const verdict = findings === 0 ? 'Clean' : 'Not clean';
  return `${verdict}: ${results.length} checks, ${counted(findings, 'finding')}, ${counted(warnings, 'warning')}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
