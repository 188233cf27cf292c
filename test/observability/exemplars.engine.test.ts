import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createDatabase } from '../support/database.ts';
import { makeDataDir, startMain } from '../support/process.ts';
import { until } from '../support/until.ts';
import { describeWith, root } from './engines.ts';
import { startPrometheus } from './prometheus.ts';

/** A collector that takes every trace and keeps none. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeWith(['prometheus'], 'from a number to a request', () => {
  it('a latency has the trace of one request, under the name that the data source of Grafana follows', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const dataDir = await makeDataDir();
    onTestFinished(dataDir.remove);
    const main = await startMain(dataDir.path, {
      DATABASE_URL: database.url,
      DEMO_CATALOGUE: 'off',
      OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector(),
    });
    onTestFinished(async () => {
      main.child.kill('SIGKILL');
      await main.ended;
    });
    const prometheus = await startPrometheus({ target: new URL(main.url).host });
    onTestFinished(() => prometheus.stop());

    const traceId = randomBytes(16).toString('hex');
    await fetch(`${main.url}/api/products`, {
      headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    });
    const sources = parse(
      await readFile(join(root, 'grafana/provisioning/datasources/datasources.yml'), 'utf8'),
    ).datasources;
    const [{ name, datasourceUid }] = sources[0].jsonData.exemplarTraceIdDestinations;
    expect(sources.map(({ uid }: { uid: string }) => uid)).toContain(datasourceUid);

    const exemplars = async (): Promise<string[]> => {
      const now = Date.now() / 1000;
      const found = await prometheus.get(
        `query_exemplars?query=http_request_duration_seconds_bucket&start=${now - 60}&end=${now}`,
      );
      return found.flatMap(({ exemplars }: { exemplars: { labels: Record<string, string> }[] }) =>
        exemplars.map(({ labels }) => labels[name]),
      );
    };
    await until(async () => (await exemplars()).includes(traceId), { what: 'the exemplar' });
    await until(
      async () => (await prometheus.now('telemetry_spans_total{outcome="sent"} > 0')).length > 0,
      { what: 'spans that were sent' },
    );
  });
});
