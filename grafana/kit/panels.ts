import {
  AxisPlacement,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { RUNBOOKS } from '../../observability/rules.ts';

export const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
export const JAEGER = { type: 'jaeger', uid: 'jaeger' };

interface PanelText {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana: `s`, `bytes`, `percentunit`, `reqps`, `short`. */
  readonly unit: string;
  /** Of docs/runbooks. */
  readonly runbook: string;
}

interface PanelOfOne extends PanelText {
  readonly query: string;
  /** Where green ends: at and above, or below, it is red. */
  readonly bad?: { readonly from: number } | { readonly below: number };
}

interface PanelOfLines extends PanelText {
  /** Legend by query; a legend is a template of Grafana over the labels. */
  readonly queries: Readonly<Record<string, string>>;
  /** Drawn as a line: the objective, or where an alert begins. */
  readonly limits?: readonly number[];
  readonly exemplars?: boolean;
  readonly max?: number;
}

type Panel = LinesBuilder | StatBuilder | HeatmapBuilder;

/** Where a panel's runbook is; the variable has what Prometheus was told (observability/rules.ts). */
export function runbookLink(runbook: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Runbook')
    .type(DashboardLinkType.Link)
    .url(`\${runbook_base}${RUNBOOKS}${runbook}`)
    .targetBlank(true);
}

function described<P extends Panel>(panel: P, text: PanelText): P {
  panel
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(PROMETHEUS)
    .links([runbookLink(text.runbook)]);
  return panel;
}

const thresholds = (steps: Threshold[]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);

/** One number, as it is now. */
export function number(panel: PanelOfOne): StatBuilder {
  const steps: Threshold[] =
    panel.bad === undefined
      ? [{ value: null, color: 'blue' }]
      : 'from' in panel.bad
        ? [
            { value: null, color: 'green' },
            { value: panel.bad.from, color: 'red' },
          ]
        : [
            { value: null, color: 'red' },
            { value: panel.bad.below, color: 'green' },
          ];
  return described(new StatBuilder(), panel)
    .height(4)
    .span(4)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(steps))
    .withTarget(new DataqueryBuilder().datasource(PROMETHEUS).expr(panel.query).refId('A'));
}

/** Lines over time. */
export function lines(panel: PanelOfLines): LinesBuilder {
  const builder = described(new LinesBuilder(), panel)
    .height(8)
    .span(12)
    .min(0)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.limits)
    builder
      .thresholds(
        thresholds([
          { value: null, color: 'green' },
          ...panel.limits.map((value) => ({ value, color: 'red' })),
        ]),
      )
      .thresholdsStyle(
        new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
      );
  Object.entries(panel.queries).forEach(([legend, expr], index) => {
    builder.withTarget(
      new DataqueryBuilder()
        .datasource(PROMETHEUS)
        .expr(expr)
        .legendFormat(legend)
        .exemplar(panel.exemplars ?? false)
        .refId(String.fromCharCode(65 + index)),
    );
  });
  return builder;
}

/** The quantiles of a histogram, with the traces of single events as points. */
export function quantiles(
  panel: PanelText & { histogram: string; selector?: string; limits?: readonly number[] },
): LinesBuilder {
  const { histogram, selector = '', limits } = panel;
  const at = (quantile: number) =>
    `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket{${selector}}[$__rate_interval])))`;
  return lines({
    ...panel,
    queries: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    exemplars: true,
    ...(limits ? { limits } : {}),
  });
}

/** How many took how long: what an average or a quantile hides. */
export function heatmap(
  panel: PanelText & { histogram: string; selector?: string },
): HeatmapBuilder {
  const { histogram, selector = '' } = panel;
  return described(new HeatmapBuilder(), panel)
    .height(8)
    .span(12)
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').steps(64),
    )
    .yAxis(new YAxisConfigBuilder().unit(panel.unit).axisPlacement(AxisPlacement.Left))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .exemplarsColor('rgba(255,0,255,0.7)')
    .withTarget(
      new DataqueryBuilder()
        .datasource(PROMETHEUS)
        .expr(`sum by (le) (increase(${histogram}_bucket{${selector}}[$__rate_interval]))`)
        .format(PromQueryFormat.Heatmap)
        .legendFormat('{{le}}')
        .exemplar(true)
        .refId('A'),
    );
}

/** A number that is 0 where its series is not born yet: nothing of the kind has happened. */
export const orNothing = (expr: string) => `(${expr}) or on () vector(0)`;
