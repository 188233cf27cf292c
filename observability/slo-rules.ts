import type { RecordingRule } from './rules.ts';
import type { Slo } from './slos.ts';
import { WINDOW_DAYS } from './slos.ts';

/** The windows that alerts and dashboards look at; the long ones change slowly and are asked for less often. */
const SHORT = ['5m', '30m', '1h', '2h'];
const LONG = ['6h', '1d', '3d', `${WINDOW_DAYS}d`];

const labelsOf = ({ name, service }: Slo) => ({ slo: name, service });

/**
 * An edge as Prometheus 2 (`le="10"`) and 3 (`le="10.0"`) write it.
 */
function edge(threshold: number): string {
  return Number.isInteger(threshold) ? `le=~"${threshold}(\\\\.0)?"` : `le="${threshold}"`;
}

const joined = (...selectors: string[]) => selectors.filter((part) => part !== '').join(',');
const selected = (metric: string, ...selectors: string[]) => {
  const all = joined(...selectors);
  return all === '' ? metric : `${metric}{${all}}`;
};

/** All events of an objective, as a counter. */
export function eventsOf({ indicator }: Slo): string {
  return indicator.kind === 'availability'
    ? selected('http_requests_total', indicator.requests)
    : selected(`${indicator.histogram}_count`, indicator.events);
}

/** Events a second over a window; nothing where there are none. */
const all = (slo: Slo, window: string) => `(sum(rate(${eventsOf(slo)}[${window}])) > 0)`;

/** The share of bad events over a window, 0 to 1; nothing where there are no events. */
export function errorRatio(slo: Slo, window: string): string {
  const { indicator } = slo;
  if (indicator.kind === 'availability') {
    const failed = selected('http_requests_total', indicator.requests, 'status=~"5.."');
    return `(sum(rate(${failed}[${window}])) or vector(0))\n/\n${all(slo, window)}`;
  }
  const inTime = selected(
    `${indicator.histogram}_bucket`,
    indicator.events,
    edge(indicator.threshold),
  );
  return `1 -\nsum(rate(${inTime}[${window}]))\n/\n${all(slo, window)}`;
}

/** How many bad events there were in a window; of few, one says nothing about the share. */
function badEvents(slo: Slo, window: string): string {
  const { indicator } = slo;
  if (indicator.kind === 'availability')
    return `sum(increase(${selected('http_requests_total', indicator.requests, 'status=~"5.."')}[${window}]))`;
  const inTime = selected(
    `${indicator.histogram}_bucket`,
    indicator.events,
    edge(indicator.threshold),
  );
  return `sum(increase(${eventsOf(slo)}[${window}])) - sum(increase(${inTime}[${window}]))`;
}

/** Series of an objective, in two groups: what changes fast, and what does not. */
export function recordingRules(slo: Slo): { short: RecordingRule[]; long: RecordingRule[] } {
  const labels = labelsOf(slo);
  const ratio = (window: string) => ({
    record: `slo:error_ratio:rate${window}`,
    expr: errorRatio(slo, window),
    labels,
  });
  const bad = (window: string) => ({
    record: `slo:bad_events:increase${window}`,
    expr: badEvents(slo, window),
    labels,
  });
  const left = `1 - slo:error_ratio:rate${WINDOW_DAYS}d{slo="${slo.name}"} / ${budget(slo)}`;
  return {
    short: [
      { record: 'slo:objective:ratio', expr: `vector(${slo.objective})`, labels },
      ...SHORT.map(ratio),
    ],
    long: [
      ...LONG.map(ratio),
      bad('6h'),
      bad('3d'),
      { record: 'slo:error_budget_left:ratio', expr: left, labels },
    ],
  };
}

/** The share of events that may be bad. */
export function budget({ objective }: Slo): number {
  return round(1 - objective);
}

const round = (value: number) => Number(value.toPrecision(6));

/** The share of bad events above which a budget burns this many times faster than it may. */
export function burnLimit(slo: Slo, times: number): number {
  return round(times * budget(slo));
}

/** True where the budget burns this many times faster than it may, over a long window and still over a short one. */
function burns(slo: Slo, times: number, long: string, short: string): string {
  const limit = burnLimit(slo, times);
  const ratio = (window: string) => `slo:error_ratio:rate${window}{slo="${slo.name}"} > ${limit}`;
  return `(${ratio(long)} and ${ratio(short)})`;
}

/** Fewer bad events than this are no reason to call anybody. */
const FEWEST = 5;

/** The two conditions of an objective: 2 % or 5 % of its budget gone in hours, or a tenth of it in days. */
export function burnConditions(slo: Slo): { page: string; ticket: string } {
  const enough = (window: string) =>
    `slo:bad_events:increase${window}{slo="${slo.name}"} >= ${FEWEST}`;
  return {
    page: `(\n  ${burns(slo, 14.4, '1h', '5m')}\n  or\n  ${burns(slo, 6, '6h', '30m')}\n)\nand on (slo) ${enough('6h')}`,
    ticket: `(\n  ${burns(slo, 3, '1d', '2h')}\n  or\n  ${burns(slo, 1, '3d', '6h')}\n)\nand on (slo) ${enough('3d')}`,
  };
}
