import type { CheckResult } from './audit.model.ts';

/** The audit for a terminal: a line for each check, the offending rows below it, a verdict at the end. */
export function auditReport(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.flatMap((result) => [
    `${verdictOf(result).padEnd(8)} ${result.name.padEnd(width)}  ${result.claim}`,
    ...offendersOf(result),
  ]);
  return [...lines, '', summaryOf(results)].join('\n');
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
