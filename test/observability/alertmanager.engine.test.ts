import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePort } from '../../src/dev/free-port.ts';
import { until } from '../support/until.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { describeWith, root, startServer } from './engines.ts';

const RECEIVERS = ['page', 'ticket', 'heartbeat'] as const;

describeWith(['prometheus-alertmanager'], 'who is told', () => {
  let folder: string;
  let url: string;
  let alertmanager: { stop(): Promise<void> };
  const told = {} as Record<(typeof RECEIVERS)[number], Receiver>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mainstay-alertmanager-'));
    for (const name of RECEIVERS) told[name] = await startReceiver();
    const config = parse(await readFile(join(root, 'alertmanager/alertmanager.yml'), 'utf8'));
    // Debian 12 has Alertmanager 0.25, which takes the address itself alone; and a test waits less than people do.
    for (const receiver of config.receivers)
      receiver.webhook_configs = [{ url: told[receiver.name as (typeof RECEIVERS)[number]].url }];
    config.route.group_wait = '1s';
    for (const route of config.route.routes) if (route.group_wait) route.group_wait = '1s';
    await writeFile(join(folder, 'alertmanager.yml'), stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    alertmanager = await startServer(
      'prometheus-alertmanager',
      [
        `--config.file=${join(folder, 'alertmanager.yml')}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      `${url}/-/ready`,
    );
  });
  afterAll(async () => {
    await alertmanager?.stop();
    for (const name of RECEIVERS) await told[name]?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const alert = (alertname: string, labels: Record<string, string>) => ({
    labels: { alertname, ...labels },
    annotations: { summary: alertname },
    startsAt: new Date().toISOString(),
  });

  const namesAt = (name: (typeof RECEIVERS)[number]) => [
    ...new Set(
      told[name].received.flatMap(({ event }) =>
        event.alerts.map(({ labels }: { labels: { alertname: string } }) => labels.alertname),
      ),
    ),
  ];

  const post = (alerts: readonly object[]) =>
    fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });

  /** Alerts that are kept quiet for others. */
  async function kept(): Promise<string[]> {
    const alerts = (await (await fetch(`${url}/api/v2/alerts?inhibited=true`)).json()) as {
      labels: { alertname: string };
      status: { inhibitedBy: string[] };
    }[];
    return alerts
      .filter(({ status }) => status.inhibitedBy.length > 0)
      .map(({ labels }) => labels.alertname)
      .sort();
  }

  it('calls somebody for pages alone, and for a lost database once instead of for all that follows', async () => {
    await post([
      alert('Watchdog', { severity: 'none', area: 'watching' }),
      alert('DatabaseLost', { severity: 'page', area: 'database', instance: 'app:5004' }),
      alert('DiskAlmostFull', { severity: 'page', area: 'machine' }),
      alert('PoolExhausted', { severity: 'page', area: 'database', instance: 'app:5004' }),
      alert('SpansLost', { severity: 'ticket', area: 'watching' }),
      // What follows from the loss.
      alert('RequestsFailing', { severity: 'page', area: 'requests' }),
      alert('PoolCrowded', { severity: 'ticket', area: 'database' }),
      alert('JobsWait', { severity: 'page', area: 'queue' }),
      alert('BrowseAvailabilityBurnsFast', { severity: 'page', area: 'objectives', slo: 'x' }),
    ]);
    await until(() => RECEIVERS.every((name) => told[name].received.length > 0), {
      what: 'a message to each receiver',
    });
    // The groups of one route leave within its wait of a second; all pages have come when three have.
    await until(() => namesAt('page').length >= 3, { what: 'all pages' });
    expect(namesAt('page').sort()).toEqual(['DatabaseLost', 'DiskAlmostFull', 'PoolExhausted']);
    expect(namesAt('ticket')).toEqual(['SpansLost']);
    expect(namesAt('heartbeat')).toEqual(['Watchdog']);
    expect(await kept()).toEqual([
      'BrowseAvailabilityBurnsFast',
      'JobsWait',
      'PoolCrowded',
      'RequestsFailing',
    ]);
  });

  it('keeps quiet for a process that alone does not reach the database what its pool explains, and nothing of others', async () => {
    const ended = { endsAt: new Date(Date.now() - 1000).toISOString() };
    const lost = alert('DatabaseLost', {
      severity: 'page',
      area: 'database',
      instance: 'app:5004',
    });
    await post([
      { ...lost, startsAt: new Date(Date.now() - 60_000).toISOString(), ...ended },
      alert('DatabaseUnreached', { severity: 'page', area: 'database', instance: 'app:5004' }),
      alert('DatabaseUnreached', { severity: 'page', area: 'database', instance: 'app:5005' }),
      alert('InvariantBroken', { severity: 'page', area: 'money' }),
    ]);
    await until(async () => (await kept()).join() === 'DatabaseUnreached', {
      what: 'the end of the loss',
    });
  });
});
