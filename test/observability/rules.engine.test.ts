import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeWith, output, root } from './engines.ts';

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
    await copyFile(join(root, 'prometheus/tests/alerts.yml'), join(folder, 'tests/alerts.yml'));
    const rules = await readFile(join(root, 'prometheus/rules/alerts.yml'), 'utf8');
    await writeFile(
      join(folder, 'rules/alerts.yml'),
      rules.replace('broker_dead_events"}) > 0', 'broker_dead_events"}) > 5'),
    );
    await expect(
      output('promtool', ['test', 'rules', join(folder, 'tests/alerts.yml')]),
    ).rejects.toThrow('EventsGivenUp');
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
