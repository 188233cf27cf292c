import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS } from './panels.ts';

/** Rows of panels under a heading each, with the links that all dashboards share. */
export function dashboard(
  { uid, title, description }: { uid: string; title: string; description: string },
  rows: Readonly<Record<string, readonly Parameters<DashboardBuilder['withPanel']>[0][]>>,
  more: (builder: DashboardBuilder) => DashboardBuilder = (builder) => builder,
): Dashboard {
  const builder = more(
    new DashboardBuilder(`Mainstay: ${title}`)
      .uid(`mainstay-${uid}`)
      .description(description)
      .tags(['mainstay'])
      .readonly()
      .tooltip(DashboardCursorSync.Crosshair)
      .time({ from: 'now-6h', to: 'now' })
      .timezone('browser')
      .refresh('30s')
      .link(
        new DashboardLinkBuilder('Mainstay')
          .type(DashboardLinkType.Dashboards)
          .tags(['mainstay'])
          .keepTime(true),
      )
      .withVariable(
        new QueryVariableBuilder('runbook_base')
          .label('Where the runbooks are')
          .hide(VariableHide.HideVariable)
          .datasource(PROMETHEUS)
          .query('label_values(ALERTS{alertname="Watchdog"}, runbook_base)')
          .refresh(VariableRefresh.OnDashboardLoad),
      ),
  );
  let y = 0;
  for (const [heading, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(heading).gridPos({ x: 0, y, w: 24, h: 1 }));
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of panels) {
      const built = panel.build();
      const { w, h } = built.gridPos ?? { w: 12, h: 8 };
      if (x + w > 24) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      builder.withPanel({ build: () => ({ ...built, gridPos: { x, y, w, h } }) });
      x += w;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return builder.build();
}
