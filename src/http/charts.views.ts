import { attributes, type Html, html } from './html.ts';
import { dataTable } from './tables.views.ts';

export type ChartPoint = {
  /** `Nov 24` */
  label: string;
  value: number;
  /** The value in words: `$1,240.00`. */
  text: string;
};

export type ChartOptions = {
  title: string;
  /** What the values are, as a column heading: `Revenue`. */
  measure: string;
  points: readonly ChartPoint[];
};

const WIDTH = 600;
const HEIGHT = 160;

/** Bars from zero, one for each point; drawn by the server, with the same numbers as a table below. */
export function barChart(options: ChartOptions): Html {
  const { points } = options;
  const top = highest(points);
  const slot = WIDTH / Math.max(points.length, 1);
  const bars = points.map((point, index) => {
    const height = (point.value / top) * HEIGHT;
    return html`<g><title>${point.label}: ${point.text}</title><rect class="chart__hit"${attributes({ x: round(index * slot), y: 0, width: round(slot), height: HEIGHT })}/><rect class="chart__bar"${attributes(
      {
        x: round(index * slot + slot * 0.14),
        y: round(HEIGHT - height),
        width: round(slot * 0.72),
        height: round(height),
      },
    )}/></g>`;
  });
  return chart(options, html`${bars}`);
}

/** A line over a filled ground, from zero; drawn by the server, with the same numbers as a table below. */
export function lineChart(options: ChartOptions): Html {
  const { points } = options;
  const top = highest(points);
  const step = WIDTH / Math.max(points.length - 1, 1);
  const path = points
    .map(({ value }, index) => `${round(index * step)} ${round(HEIGHT - (value / top) * HEIGHT)}`)
    .join(' L');
  return chart(
    options,
    html`<path class="chart__area" d="M0 ${HEIGHT} L${path} L${WIDTH} ${HEIGHT}Z"/><path class="chart__line" d="M${path}"/>`,
  );
}

/** A figure at a glance: what it is, how much, and how that compares. */
export function statTiles(
  tiles: readonly { label: string; value: string; note?: string; href?: string }[],
): Html {
  return html`<dl class="stats">${tiles.map(
    ({ label, value, note, href }) => html`<div class="stat">
      <dt>${href ? html`<a href="${href}">${label}</a>` : label}</dt>
      <dd class="stat__value">${value}</dd>
      ${note && html`<dd class="stat__note">${note}</dd>`}
    </div>`,
  )}</dl>`;
}

function chart({ title, measure, points }: ChartOptions, shapes: Html): Html {
  const peak = points.reduce<ChartPoint | undefined>(
    (best, point) => (best && best.value >= point.value ? best : point),
    undefined,
  );
  const first = points[0];
  const last = points.at(-1);
  if (!peak || !first || !last) return html``;
  const summary = `${title}, ${first.label} to ${last.label}. Highest: ${peak.text} (${peak.label}).`;
  return html`<figure class="chart">
    <figcaption class="chart__title">${title}</figcaption>
    <p class="chart__peak" aria-hidden="true">${peak.value > 0 && peak.text}</p>
    <svg class="chart__plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary}">
      <path class="chart__grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>${shapes}
    </svg>
    <p class="chart__axis" aria-hidden="true"><span>${first.label}</span><span>${last.label}</span></p>
    <details class="chart__table"><summary>Numbers</summary>${dataTable({
      caption: title,
      captionHidden: true,
      columns: [
        { label: 'Period', cell: (point) => point.label, rowHeader: true },
        { label: measure, cell: (point) => point.text, align: 'end' },
      ],
      rows: points,
    })}</details>
  </figure>`;
}

function highest(points: readonly ChartPoint[]): number {
  return Math.max(...points.map(({ value }) => value), 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
