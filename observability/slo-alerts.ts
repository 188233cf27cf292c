import type { Alert, Case, Firing, Severity } from './rules.ts';
import { pageCases, type Stretch, seriesOf, ticketCases, traffic } from './slo-cases.ts';
import { budget, burnConditions } from './slo-rules.ts';
import type { Slo } from './slos.ts';

/** `checkout-availability` as alerts have it: `CheckoutAvailability`. */
const titled = (name: string) =>
  name.replace(/(^|-)(.)/g, (_match, _dash, letter: string) => letter.toUpperCase());

const percent = (share: number) => `${Number((share * 100).toPrecision(4))}`;

/** The two alerts of an objective: its budget burns fast enough to get up for, or to look at it soon. */
export function burnAlerts(slo: Slo): readonly Alert[] {
  const { name, service, promise, runbook } = slo;
  const conditions = burnConditions(slo);
  const said = (share: string) =>
    `${promise}. ${share} were not, where ${percent(budget(slo))}% may be.`;
  const labels = { slo: name, service };
  const given = (stretches: readonly Stretch[]) => seriesOf(name, stretches) ?? {};
  const alert = (
    severity: Severity,
    speed: { word: string; summary: string; expr: string; keepFiringFor: string },
    { fires, silent }: ReturnType<typeof pageCases>,
  ): Alert => ({
    name: `${titled(name)}Burns${speed.word}`,
    severity,
    area: 'objectives',
    expr: speed.expr,
    keepFiringFor: speed.keepFiringFor,
    summary: `The error budget of ${name} ${speed.summary}`,
    description: said('{{ $value | humanizePercentage }}'),
    runbook,
    fires: fires.map(
      ({ stretches, at, times }): Firing => ({
        given: given(stretches),
        at: `${at}m`,
        labels,
        description: said(`${percent((times * (traffic[name]?.allowed ?? 0)) / 10_000)}%`),
      }),
    ),
    silent: silent.map(({ stretches, at }): Case => ({ given: given(stretches), at: `${at}m` })),
  });
  return [
    alert(
      'page',
      { word: 'Fast', summary: 'burns fast', expr: conditions.page, keepFiringFor: '5m' },
      pageCases(name),
    ),
    alert(
      'ticket',
      { word: 'Slowly', summary: 'burns', expr: conditions.ticket, keepFiringFor: '30m' },
      ticketCases(name),
    ),
  ];
}
