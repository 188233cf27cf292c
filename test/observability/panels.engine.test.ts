import { afterAll, beforeAll, expect, it } from 'vitest';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { slos } from '../../observability/slos.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { webhooksOf } from '../webhooks/support.ts';
import { describeWith } from './engines.ts';
import { type PrometheusServer, startPrometheus } from './prometheus.ts';
import { aDay } from './traffic.ts';

const WINDOW = 90;
/** What panels say where a series is not born. */
const NOTHING = ' or on () vector(0)';

const queries = dashboards.flatMap((dashboard) =>
  (dashboard.panels ?? []).flatMap((panel) =>
    ('targets' in panel ? (panel.targets ?? []) : []).flatMap((target) =>
      'expr' in target
        ? [{ panel: `${dashboard.title} | ${panel.title}`, expr: String(target.expr) }]
        : [],
    ),
  ),
);

/** A query as Grafana sends it. */
const filledIn = (expr: string) =>
  expr.replaceAll('$__rate_interval', `${WINDOW}s`).replaceAll('$__range', `${WINDOW}s`);

describeWith(['prometheus'], 'dashboards over a shop that sells', () => {
  let shop: TestShop;
  let receiver: Receiver;
  let prometheus: PrometheusServer;
  beforeAll(async () => {
    shop = await startShop({ LOAD_SHEDDING: 'on' });
    receiver = await startReceiver();
    await webhooksOf(shop).endpoint(receiver.url);
    prometheus = await startPrometheus({
      target: new URL(shop.url).host,
      runbookBase: 'https://runbooks.test/',
    });
    // The first day bears the series, the second makes them grow.
    for (const _day of [1, 2]) {
      await aDay(shop);
      const scraped = Date.now() / 1000;
      await until(
        async () => {
          const [last] = await prometheus.now(
            'timestamp(up{job="mainstay"}) and up{job="mainstay"} == 1',
          );
          return (last?.value ?? 0) > scraped;
        },
        { what: 'a scrape' },
      );
    }
    await until(
      async () =>
        (await prometheus.now('reconciliation_last_success_timestamp_seconds > 0')).length > 0,
      { what: 'a comparison with Stripe' },
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    await receiver?.close();
    await shop?.stop();
  });

  it('has data in every panel, now and over time', async () => {
    const empty: string[] = [];
    for (const { panel, expr } of queries) {
      const query = filledIn(expr);
      const now = await prometheus.now(query);
      const lately = await prometheus.lately(query, WINDOW);
      if (!now.some(({ value }) => Number.isFinite(value))) empty.push(`${panel}, now: ${expr}`);
      if (!lately.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value)))))
        empty.push(`${panel}, lately: ${expr}`);
    }
    expect(queries.length).toBeGreaterThan(60);
    expect(empty).toEqual([]);
  });

  it('shows what happened: a number that is 0 only because nothing did is not among them', async () => {
    const silent: string[] = [];
    for (const { panel, expr } of queries.filter(({ expr }) => expr.includes(NOTHING))) {
      const found = await prometheus.now(filledIn(expr.replaceAll(NOTHING, '')));
      if (found.length === 0) silent.push(panel);
    }
    // Of a shop that is well.
    expect(silent.sort()).toEqual([
      'Mainstay: database and pool | Processes that read from a replica',
      'Mainstay: database and pool | Reads, by who answered and why, per second',
      'Mainstay: database and pool | What replicas lack, s',
      'Mainstay: other services and the books | Rows that break an invariant, by check',
      'Mainstay: overview | Alerts firing',
      'Mainstay: overview | Connections refused, per second',
      'Mainstay: overview | Refused for asking too often, per second',
      'Mainstay: queue, outbox, webhooks | Jobs due, and dead by task',
    ]);
  });

  it('has rules that Prometheus can evaluate, and traffic in each objective', async () => {
    const { groups } = await prometheus.get('rules');
    const sick = groups.flatMap(({ rules }: { rules: { name: string; health: string }[] }) =>
      rules.filter(({ health }) => health === 'err'),
    );
    expect(sick).toEqual([]);
    const recorded = await prometheus.now('slo:error_ratio:rate5m');
    expect(recorded.map(({ labels }) => labels.slo).sort()).toEqual(
      slos.map(({ name }) => name).sort(),
    );
  });

  it('counts requests of each route that an objective is about', async () => {
    const seen = await prometheus.now('sum by (method, route) (http_requests_total)');
    const known = new Set(seen.map(({ labels }) => `${labels.method} ${labels.route}`));
    const promised = slos.flatMap(({ indicator }) => {
      const selector = indicator.kind === 'availability' ? indicator.requests : indicator.events;
      const [, method, routes] = /method="(.+?)",route=~"(.+?)"/.exec(selector) ?? [];
      return (routes ?? '')
        .split('|')
        .filter(Boolean)
        .map((route) => `${method} ${route}`);
    });
    expect(promised.filter((route) => !known.has(route))).toEqual([]);
  });

  it('tells dashboards where the runbooks are', async () => {
    const [watchdog] = await prometheus.now('ALERTS{alertname="Watchdog",alertstate="firing"}');
    expect(watchdog?.labels.runbook_base).toBe('https://runbooks.test/');
    const { alerts } = await prometheus.get('alerts');
    expect(
      alerts.find(
        ({ labels }: { labels: { alertname: string } }) => labels.alertname === 'Watchdog',
      ).annotations.runbook_url,
    ).toBe('https://runbooks.test/docs/runbooks/monitoring.md#watchdog');
  });
});
