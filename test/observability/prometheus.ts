import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../src/dev/free-port.ts';
import { root, startServer } from './engines.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export type PrometheusServer = Awaited<ReturnType<typeof startPrometheus>>;

/** A real Prometheus with the repository's configuration and rules, on other targets and every second. */
export async function startPrometheus({
  target,
  alertmanager,
  runbookBase = '',
  hasty = false,
}: {
  target: string;
  alertmanager?: string;
  runbookBase?: string;
  /** Whether alerts fire, and end, as soon as their expression says so. */
  hasty?: boolean;
}) {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-prometheus-'));
  const config = parse(await readFile(join(root, 'prometheus/prometheus.yml'), 'utf8'));
  config.global = {
    ...config.global,
    scrape_interval: '1s',
    scrape_timeout: '1s',
    evaluation_interval: '1s',
  };
  config.rule_files = [];
  for await (const file of glob(join(root, 'prometheus/rules/*.yml'))) {
    const rules = parse(await readFile(file, 'utf8'));
    for (const group of rules.groups) {
      if (group.interval) group.interval = '1s';
      if (!hasty) continue;
      for (const rule of group.rules) {
        delete rule.for;
        delete rule.keep_firing_for;
      }
    }
    const copy = join(folder, basename(file));
    await writeFile(copy, stringify(rules));
    config.rule_files.push(copy);
  }
  config.alerting.alertmanagers = alertmanager
    ? [{ static_configs: [{ targets: [alertmanager] }] }]
    : [];
  config.scrape_configs = config.scrape_configs.filter(
    ({ job_name }: { job_name: string }) => job_name === 'mainstay',
  );
  config.scrape_configs[0].static_configs[0].targets = [target];
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, stringify(config));

  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const server = await startServer(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage,expand-external-labels',
      '--log.level=warn',
    ],
    `${url}/-/ready`,
    { RUNBOOK_BASE: runbookBase },
  );

  /** An answer of its API, as parsed JSON of any shape. */
  async function ask(path: string, parameters: Record<string, string> = {}) {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: ReturnType<typeof JSON.parse>;
      error?: string;
    };
    if (status !== 'success') throw new Error(`${error}: ${parameters.query}`);
    return data;
  }

  return {
    url,
    get: async (path: string): Promise<ReturnType<typeof JSON.parse>> =>
      ((await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: unknown }).data,
    /** The numbers of a query now, each with its labels. */
    now: async (query: string): Promise<{ labels: Series['metric']; value: number }[]> => {
      const { result } = await ask('query', { query });
      return result.map(
        ({ metric, value }: { metric: Series['metric']; value: [number, string] }) => ({
          labels: metric,
          value: Number(value[1]),
        }),
      );
    },
    /** The alerts that fire now, by name, with their labels. */
    firing: async (): Promise<Map<string, Record<string, string>>> => {
      const { result } = await ask('query', { query: 'ALERTS{alertstate="firing"}' });
      return new Map(
        result.map(({ metric }: { metric: Record<string, string> }) => [metric.alertname, metric]),
      );
    },
    /** The numbers of a query over the last seconds. */
    lately: async (query: string, seconds: number): Promise<Series[]> => {
      const end = Date.now() / 1000;
      const { result } = await ask('query_range', {
        query,
        start: String(end - seconds),
        end: String(end),
        step: '1',
      });
      return result;
    },
    async stop(): Promise<void> {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
