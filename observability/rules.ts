/** A rule that keeps a number under a name, as Prometheus has it. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Page: somebody gets up. Ticket: somebody looks at it in working hours. None: nobody is told. */
export type Severity = 'page' | 'ticket' | 'none';

/** An alert with what shows that it works: what makes it fire, and the nearest that must not. */
export interface Alert {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** How long it must hold before it fires; it fires at once where this is missing. */
  readonly for?: string;
  /** How long it goes on firing once it no longer holds. */
  readonly keepFiringFor?: string;
  /** What it is about, for those that are told together. */
  readonly area: string;
  readonly summary: string;
  /** With the value that made it fire, as a template of Prometheus. */
  readonly description: string;
  /** Of docs/runbooks. */
  readonly runbook: string;
  /** More labels; templates of Prometheus. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly fires: readonly Firing[];
  /** None for what fires always. */
  readonly silent: readonly Case[];
}

/** Series as promtool writes them (`0+1x10`: a sample a minute, from 0 on, one more each), and when to look. */
export interface Case {
  readonly given: Readonly<Record<string, string>>;
  readonly at: string;
}

/** What one firing says, to the letter, written without a look at the rule. */
export interface Firing extends Case {
  readonly labels?: Readonly<Record<string, string>>;
  readonly description: string;
}

/** Where the runbooks are: Prometheus's external label `runbook_base`, which is empty or ends with a slash. */
export const RUNBOOKS = 'docs/runbooks/';
export const RUNBOOK_LINK = `{{ $externalLabels.runbook_base }}${RUNBOOKS}`;

/** Routes that customers do not wait for: probes, scrapes, and what moves whole files. */
export const ORDINARY = 'route!~"/metrics|/health/.*|.*(import|export|\\\\.csv|reconcile).*"';
