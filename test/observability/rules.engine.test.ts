import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { describeWith, output, root } from './engines.ts';

interface Provider {
  readonly prometheus: { readonly query: string };
}

/** An expression, and what it must be after ten minutes. */
const sampled = (expr: string, samples: Readonly<Record<string, number>>) => ({
  expr,
  eval_time: '10m',
  exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
});

describeWith(['promtool', 'amtool'], 'what Prometheus and Alertmanager read', () => {
  it('is configuration and rules without a mistake', async () => {
    const said = await output('promtool', ['check', 'config', 'prometheus/prometheus.yml']);
    expect(said).toContain('prometheus.yml is valid');
    expect(said).toMatch(/rules\/slo\.yml[\s\S]*SUCCESS/);
  });

  it.each(['slo', 'alerts'])(
    'fires each alert of %s.yml where it must, and none where it must not',
    async (name) => {
      const said = await output('promtool', ['test', 'rules', `prometheus/tests/${name}.yml`]);
      expect(said).toContain('SUCCESS');
    },
  );

  it('fails its tests where a rule is wrong, so that they mean something', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-rules-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'rules'));
    await mkdir(join(folder, 'tests'));
    const all = parse(await readFile(join(root, 'prometheus/tests/alerts.yml'), 'utf8'));
    const ofOne = all.tests.filter(({ name }: { name: string }) =>
      name.startsWith('EventsGivenUp'),
    );
    const tests = join(folder, 'tests/alerts.yml');
    await writeFile(tests, stringify({ ...all, tests: ofOne }));
    const rules = await readFile(join(root, 'prometheus/rules/alerts.yml'), 'utf8');
    const judge = async (text: string) => {
      await writeFile(join(folder, 'rules/alerts.yml'), text);
      return output('promtool', ['test', 'rules', tests]);
    };
    await expect(judge(rules)).resolves.toContain('SUCCESS');
    await expect(
      judge(rules.replace('broker_dead_events"}) > 0', 'broker_dead_events"}) > 5')),
    ).rejects.toThrow('EventsGivenUp');
  });

  it('judges a canary by its own pods, and scales by what pods have in flight', async () => {
    const kubernetes = join(root, 'deploy/kubernetes');
    const read = async (file: string) => parse(await readFile(join(kubernetes, file), 'utf8'));
    const { spec } = await read('components/canary/analysis.yaml');
    const { rules } = await read('prometheus-adapter/rules.yaml');
    const queries = spec.metrics.map(({ name, provider }: { name: string; provider: Provider }) => [
      name,
      provider.prometheus.query.replaceAll('{{args.canary}}', 'new'),
    ]);
    const asked = new Map<string, string>(queries);
    const scaling = rules[0].metricsQuery
      .replace('<<.Series>>', 'http_in_flight_requests')
      .replace('<<.LabelMatchers>>', 'namespace="mainstay",pod=~"web-1|web-2"')
      .replace('<<.GroupBy>>', 'pod');
    const counted = (hash: string, status: string) =>
      `http_requests_total{method="POST",route="/api/orders",status="${status}",rollouts_pod_template_hash="${hash}"}`;
    const inFlight = (pod: string) => `http_in_flight_requests{namespace="mainstay",pod="${pod}"}`;
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-canary-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'test.json');
    const test = {
      interval: '1m',
      input_series: [
        { series: counted('old', '201'), values: '0+90x15' },
        { series: counted('old', '500'), values: '0+10x15' },
        { series: counted('new', '201'), values: '0+3x15' },
        { series: counted('new', '500'), values: '0+1x15' },
        { series: inFlight('web-1'), values: '20x15' },
        { series: inFlight('web-2'), values: '4x15' },
      ],
      promql_expr_test: [
        sampled(asked.get('checkout-availability') ?? '', { '{}': 0.25 }),
        // Nobody looked: nothing is said.
        sampled(asked.get('browse-availability') ?? '', {}),
        sampled(asked.get('browse-latency') ?? '', {}),
        sampled(scaling, { '{pod="web-1"}': 20, '{pod="web-2"}': 4 }),
      ],
    };
    await writeFile(file, JSON.stringify({ tests: [test] }));
    expect(await output('promtool', ['test', 'rules', file])).toContain('SUCCESS');
  });

  it('is a configuration of Alertmanager, with receivers whose addresses are in files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-alertmanager-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const text = await readFile(join(root, 'alertmanager/alertmanager.yml'), 'utf8');
    // Debian 12 has Alertmanager 0.25, which takes the address itself alone.
    const copy = join(folder, 'alertmanager.yml');
    await writeFile(copy, text.replaceAll(/url_file: .+/g, 'url: http://127.0.0.1:9/'));
    expect(await output('amtool', ['check-config', copy])).toContain('3 receivers');
  });
});
