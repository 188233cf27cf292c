import type { Counts, KnownFinding, Run } from './reconciliation.model.ts';
import type { ReconciliationStatus } from './status.service.ts';

/** A run and what is found for a terminal: what was compared and healed, a line for each finding, a verdict. */
export function reconciliationReport({ run, findings }: ReconciliationStatus): string {
  if (!run) return 'Stripe was never compared with the shop.';
  const lines = [
    ...(run.window
      ? [`Stripe from ${run.window.from.toISOString()} to ${run.window.to.toISOString()}`]
      : []),
    `compared: ${countsOf(run.compared)}`,
    `healed:   ${countsOf(run.healed)}`,
    ...findings.map(lineOf),
  ];
  return [...lines, '', verdictOf(run, findings)].join('\n');
}

function countsOf(counts: Partial<Counts>): string {
  return (['events', 'sessions', 'refunds', 'payments'] as const)
    .map((name) => `${counts[name] ?? 0} ${name}`)
    .join(', ');
}

function lineOf({ confirmed, kind, subject, detail }: KnownFinding): string {
  return `${confirmed ? 'FINDING' : 'suspect'} ${kind} ${subject}: ${detail}`;
}

function verdictOf({ error }: Run, findings: readonly KnownFinding[]): string {
  if (error !== null) return `Failed: ${error}`;
  const confirmed = findings.filter((finding) => finding.confirmed).length;
  const suspected = findings.length - confirmed;
  const verdict = findings.length === 0 ? 'Clean' : 'Not clean';
  return `${verdict}: ${confirmed} finding${confirmed === 1 ? '' : 's'}, ${suspected} seen once, to be looked at again.`;
}
