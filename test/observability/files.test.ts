import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { objectiveAlerts, otherAlerts } from '../../observability/rule-files.ts';
import { slos } from '../../observability/slos.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { root } from './engines.ts';

const alerts = [...objectiveAlerts, ...otherAlerts];

const panels = dashboards.flatMap(({ title, panels = [] }) =>
  panels
    .filter((panel): panel is Panel => panel.type !== 'row')
    .map((panel) => ({ where: `${title} | ${panel.title}`, ...panel })),
);

/** The headings of a document as links name them. */
async function anchors(file: string): Promise<Set<string>> {
  const text = await readFile(join(root, 'docs/runbooks', file), 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** What is wrong with a link to a runbook, or null. */
async function brokenLink(runbook: string): Promise<string | null> {
  const [file = '', anchor] = runbook.split('#');
  const found = await anchors(file).catch(() => null);
  if (!found) return `no file ${file}`;
  return anchor === undefined || found.has(anchor) ? null : `no heading ${runbook}`;
}

/** Alerts on what is or is not: their number says nothing more. */
const YES_OR_NO = ['ProcessDown', 'ArchivingFails'];

describe('alerts', () => {
  it('have names of their own, a summary, a description with the value, and a runbook that is there', async () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const { name, summary, description, runbook, severity } of alerts) {
      expect([name, summary.length > 0]).toEqual([name, true]);
      if (severity !== 'none' && !YES_OR_NO.includes(name))
        expect([name, description]).toEqual([name, expect.stringContaining('$value')]);
      expect([name, await brokenLink(runbook)]).toEqual([name, null]);
    }
  });

  it('are each named by their runbook', async () => {
    for (const { name, runbook } of otherAlerts) {
      const text = await readFile(join(root, 'docs/runbooks', runbook.split('#')[0] ?? ''), 'utf8');
      expect([name, text.includes(name)]).toEqual([name, true]);
    }
  });

  it('each have a case in which they fire and one in which they are silent', () => {
    const lacking = alerts.filter(
      ({ fires, silent, severity }) =>
        fires.length === 0 || (silent.length === 0 && severity !== 'none'),
    );
    expect(lacking).toEqual([]);
  });
});

describe('objectives', () => {
  it('have thresholds that are edges of the buckets', async () => {
    const text = await createMetrics().registry.metrics();
    for (const { name, indicator } of slos) {
      if (indicator.kind !== 'latency') continue;
      const metric = createMetrics().registry.getSingleMetric(indicator.histogram) as unknown as {
        upperBounds: number[];
      };
      expect([name, metric.upperBounds]).toEqual([
        name,
        expect.arrayContaining([indicator.threshold]),
      ]);
      expect(text).toContain(`# TYPE ${indicator.histogram} histogram`);
    }
  });
});

describe('what is asked of Prometheus', () => {
  it('is about metrics that the shop has, or that an exporter is known for', () => {
    const { registry } = createMetrics();
    const declared = new Set(
      registry.getMetricsAsArray().flatMap(({ name }) => [name, `${name}_bucket`, `${name}_count`]),
    );
    const others =
      /^(up|ALERTS|node_filesystem_(avail|size)_bytes|probe_ssl_earliest_cert_expiry|slo:.+)$/;
    const expressions = [
      ...alerts.map(({ name, expr }) => ({ where: name, expr })),
      ...panels.flatMap(({ where, targets = [] }) =>
        targets.flatMap((target) =>
          'expr' in target ? [{ where, expr: String(target.expr) }] : [],
        ),
      ),
    ];
    const unknown = expressions.flatMap(({ where, expr }) =>
      metricsOf(expr)
        .filter((metric) => !declared.has(metric) && !others.test(metric))
        .map((metric) => `${where}: ${metric}`),
    );
    expect(unknown).toEqual([]);
  });
});

/** The names of the series in an expression: words that are not followed by `(`, outside of labels and groupings. */
function metricsOf(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|on) \([^)]*\)/g, '');
  const words = bare.match(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g) ?? [];
  return words.filter(
    (word) => !/^(and|or|by|on|offset|vector|time|inf|nan|m|h|d|s)$/.test(word) && word.length > 1,
  );
}

describe('panels', () => {
  it('each have a title, a description, a unit and a link to a runbook that is there', async () => {
    for (const { where, title, description, fieldConfig, links, type } of panels) {
      const runbook = links?.[0]?.url?.split('docs/runbooks/')[1] ?? '';
      expect([where, Boolean(title && description)]).toEqual([where, true]);
      if (type !== 'text')
        expect([where, fieldConfig?.defaults.unit]).toEqual([where, expect.any(String)]);
      expect([where, await brokenLink(runbook)]).toEqual([where, null]);
    }
  });

  it('show no averages of time, and draw the promise of each latency', () => {
    const json = JSON.stringify(panels);
    expect(json).not.toMatch(/avg\(|_sum\b/);
    const drawn = panels
      .filter(({ title }) => title?.startsWith('Time of ') && title.endsWith(', s'))
      .map(({ fieldConfig }) => fieldConfig?.defaults.thresholds?.steps.at(-1)?.value);
    for (const { indicator } of slos)
      if (indicator.kind === 'latency') expect(drawn).toContain(indicator.threshold);
  });

  it('do not lie over each other', () => {
    for (const { title, panels = [] } of dashboards) {
      const cells = new Map<string, string>();
      for (const panel of panels) {
        const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect([title, panel.title, x + w <= 24]).toEqual([title, panel.title, true]);
        for (let column = x; column < x + w; column += 1)
          for (let row = y; row < y + h; row += 1) {
            const key = `${column},${row}`;
            expect([panel.title, cells.get(key)]).toEqual([panel.title, undefined]);
            cells.set(key, String(panel.title));
          }
      }
    }
  });
});
