import { linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, dateTime, emptyState } from '../../http/components.views.ts';
import { type Html, html } from '../../http/html.ts';
import { icon } from '../../http/icons.views.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import {
  ENOUGH,
  type ExperimentResult,
  type Outcome,
  type VariantResult,
} from '../flags/results.model.ts';
import type { Interval } from '../flags/statistics.model.ts';
import { countOf, flagsTrail } from './admin-flags.views.ts';

/** What the experiments of a flag came to. */
export function resultsPage(
  chrome: Chrome,
  key: string,
  results: readonly ExperimentResult[],
): Html {
  return adminPage({
    title: `Results of ${key}`,
    section: 'flags',
    chrome,
    actions: linkButton('The flag', `/admin/flags/${key}`, { kind: 'secondary' }),
    content: html`${breadcrumbs([flagsTrail, { label: key, href: `/admin/flags/${key}` }], 'Results')}
    ${results.map(experiment)}
    ${
      results.length === 0
        ? emptyState({
            title: 'No experiment yet',
            text: 'Tick “an experiment” on the flag’s page: from then on it is counted who saw which variant, and what they ordered.',
          })
        : html`<p class="muted">A visitor counts once, for the first variant that they saw; one who signs in in several browsers is one. Ranges hold the true value in 95 of 100 experiments. Say beforehand when to look: who looks again and again finds differences by chance.</p>`
    }`,
  });
}

function experiment(result: ExperimentResult): Html {
  const { startedAt, endedAt, variants, lopsided, strayed } = result;
  return html`<section class="panel">
    <h2>${endedAt === null ? 'Runs' : 'Ran'} since ${dateTime(startedAt)}${endedAt && html` until ${dateTime(endedAt)}`}</h2>
    ${lopsided && warning()}
    ${rates('Placed an order', variants, ({ ordered }) => ordered)}
    ${rates('Placed an order that was paid', variants, ({ paid }) => paid)}
    ${strayed > 0 && html`<p class="muted">${countOf(strayed, 'visitor')} saw another variant later, mostly by signing in as somebody who takes part elsewhere.</p>`}
  </section>`;
}

function warning(): Html {
  return html`<div class="notice notice--error" role="alert">${icon('alert')}<div>
    <h3 class="notice__title">Visitors are not divided as they were meant to be</h3>
    <p>This happens by chance once in a thousand experiments. Something loses or adds visitors of one variant, such as a fault in it or programs that visit: find it, and believe none of these numbers until then.</p>
  </div></div>`;
}

function rates(
  caption: string,
  variants: readonly VariantResult[],
  outcomeOf: (variant: VariantResult) => Outcome,
): Html {
  return html`${dataTable({
    caption,
    rows: variants,
    columns: [
      { label: 'Variant', rowHeader: true, cell: ({ variant }) => variant },
      { label: 'Part', align: 'end', cell: ({ weight }) => weight },
      { label: 'Visitors', align: 'end', cell: ({ visitors }) => visitors },
      { label: 'Of them', align: 'end', cell: (variant) => outcomeOf(variant).count },
      { label: 'Rate', align: 'end', cell: (variant) => rateText(outcomeOf(variant)) },
      {
        label: 'True rate',
        align: 'end',
        cell: (variant) => range(outcomeOf(variant).between, percent),
      },
    ],
  })}
  ${variants.map((variant) => {
    const said = words(outcomeOf(variant));
    return said && html`<p><strong>${variant.variant}</strong>: ${said}</p>`;
  })}`;
}

const rateText = ({ rate, of }: Outcome): string => (of === 0 ? '—' : percent(rate));

/** What a shopkeeper may conclude of a variant; null for the one that the others are compared with. */
function words({ verdict, difference }: Outcome): string | null {
  if (difference === null) return null;
  const reach = `between ${points(difference.low)} and ${points(difference.high)} points`;
  if (verdict === 'early')
    return `too early to say. It takes ${ENOUGH.visitors} visitors of each variant, ${ENOUGH.outcomes} of them who did and ${ENOUGH.outcomes} who did not.`;
  if (verdict === 'open') return `no difference is proved yet. The true one lies ${reach}.`;
  const seen = `${points(difference.seen)} points against the first variant were seen; the true difference lies ${reach}.`;
  return verdict === 'better' ? `more. ${seen}` : `less. ${seen}`;
}

const percent = (part: number): string => `${(part * 100).toFixed(1)}\u00a0%`;
const points = (part: number): string => `${part > 0 ? '+' : ''}${(part * 100).toFixed(1)}`;

function range({ low, high }: Interval, show: (part: number) => string): string {
  return `${show(low)} to ${show(high)}`;
}
