import { budget } from '../../observability/slo-rules.ts';
import { type Slo, slos, WINDOW_DAYS } from '../../observability/slos.ts';
import { dashboard } from '../kit/dashboard.ts';
import { heatmap, lines, number, quantiles } from '../kit/panels.ts';

const left = (slo: Slo) =>
  number({
    title: slo.name,
    description: `Share of the error budget of ${WINDOW_DAYS} days that is left. ${slo.promise}.`,
    unit: 'percentunit',
    runbook: slo.runbook,
    query: `slo:error_budget_left:ratio{slo="${slo.name}"}`,
    bad: { below: 0.1 },
  });

const burn = (slo: Slo) =>
  lines({
    title: `How fast the budget of ${slo.name} burns`,
    description: `1 uses it up in ${WINDOW_DAYS} days. Lines: 14.4 over an hour and 6 over six hours are pages, 3 over a day and 1 over three days tickets.`,
    unit: 'short',
    runbook: slo.runbook,
    queries: Object.fromEntries(
      ['5m', '1h', '6h', '1d', '3d'].map((window) => [
        window,
        `slo:error_ratio:rate${window}{slo="${slo.name}"} / ${budget(slo)}`,
      ]),
    ),
    limits: [1, 3, 6, 14.4],
  });

/** Of a latency the quantiles with the promise as a line; of an availability the share that fails. */
function indicator(slo: Slo) {
  const { indicator } = slo;
  if (indicator.kind === 'availability')
    return [
      lines({
        title: `Share that fails: ${slo.name}`,
        description: `${slo.promise}. Line: what may fail.`,
        unit: 'percentunit',
        runbook: slo.runbook,
        queries: {
          '5 min': `slo:error_ratio:rate5m{slo="${slo.name}"}`,
          [`${WINDOW_DAYS} days`]: `slo:error_ratio:rate${WINDOW_DAYS}d{slo="${slo.name}"}`,
        },
        limits: [budget(slo)],
      }),
    ];
  const text = {
    description: `${slo.promise}. Line: the time promised.`,
    unit: 's',
    runbook: slo.runbook,
    histogram: indicator.histogram,
    selector: indicator.events,
  };
  return [
    quantiles({ ...text, title: `Time of ${slo.name}, s`, limits: [indicator.threshold] }),
    heatmap({ ...text, title: `Time of ${slo.name}, how many took how long` }),
  ];
}

/** What the shop promises, how much of its error budget is left, and how fast it burns. */
export const objectives = dashboard(
  {
    uid: 'objectives',
    title: 'objectives and error budgets',
    description:
      'From observability/slos.ts: each promise, what is left of its budget, and how fast it burns.',
  },
  {
    'Error budget left': slos.map(left),
    ...Object.fromEntries(slos.map((slo) => [slo.name, [burn(slo), ...indicator(slo)]])),
  },
);
