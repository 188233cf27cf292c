import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { dashboards } from '../grafana/dashboards/index.ts';
import { canaryAnalysis, prometheusRule } from './kubernetes.ts';
import { alertRules, objectiveTests, otherAlerts, ruleTests, sloRules } from './rule-files.ts';

const root = join(import.meta.dirname, '..');
const COMPONENTS = 'deploy/kubernetes/components';

const yaml = (value: object) =>
  `# Written by npm run observability from observability/. Change it there.\n${stringify(value, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })}`;

/** Every generated file with its text, by its path from the root. */
function generated(): Map<string, string> {
  return new Map([
    ['prometheus/rules/slo.yml', yaml(sloRules())],
    ['prometheus/rules/alerts.yml', yaml(alertRules())],
    ['prometheus/tests/slo.yml', yaml(objectiveTests())],
    ['prometheus/tests/alerts.yml', yaml(ruleTests('alerts.yml', otherAlerts))],
    [`${COMPONENTS}/monitoring/rules-slo.yaml`, yaml(prometheusRule('slo', sloRules()))],
    [`${COMPONENTS}/monitoring/rules-alerts.yaml`, yaml(prometheusRule('alerts', alertRules()))],
    [`${COMPONENTS}/canary/analysis.yaml`, yaml(canaryAnalysis())],
    ...dashboards.map((dashboard): [string, string] => [
      `grafana/provisioning/dashboards/json/${dashboard.uid}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  ]);
}

/** `npm run observability` writes the files; with `--check` it says which are stale, and ends with 1 where any is. */
async function main(): Promise<void> {
  const stale: string[] = [];
  for (const [path, text] of generated()) {
    const file = join(root, path);
    if ((await readFile(file, 'utf8').catch(() => null)) === text) continue;
    stale.push(path);
    if (process.argv.includes('--check')) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (!process.argv.includes('--check') || stale.length === 0) return;
  process.stderr.write(`Stale, run npm run observability:\n${stale.join('\n')}\n`);
  process.exitCode = 1;
}

await main();
