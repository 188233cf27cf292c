import { databaseAlerts } from './alerts/database.ts';
import { dependencyAlerts } from './alerts/dependencies.ts';
import { flagAlerts } from './alerts/flags.ts';
import { machineAlerts } from './alerts/machine.ts';
import { moneyAlerts } from './alerts/money.ts';
import { queueAlerts } from './alerts/queue.ts';
import { replicaAlerts } from './alerts/replicas.ts';
import { requestAlerts } from './alerts/requests.ts';
import { watchingAlerts } from './alerts/watching.ts';
import { type Alert, type Case, type Firing, RUNBOOK_LINK, RUNBOOKS } from './rules.ts';
import { burnAlerts } from './slo-alerts.ts';
import { recordingRules } from './slo-rules.ts';
import { slos } from './slos.ts';

export const objectiveAlerts = slos.flatMap(burnAlerts);

const groups = {
  requests: requestAlerts,
  database: databaseAlerts,
  replicas: replicaAlerts,
  queue: queueAlerts,
  money: moneyAlerts,
  dependencies: dependencyAlerts,
  flags: flagAlerts,
  machine: machineAlerts,
  watching: watchingAlerts,
};

export const otherAlerts: readonly Alert[] = Object.values(groups).flat();

/** An alert as Prometheus reads it. */
function ruleOf(alert: Alert) {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for ? { for: alert.for } : {}),
    ...(alert.keepFiringFor ? { keep_firing_for: alert.keepFiringFor } : {}),
    labels: { severity: alert.severity, area: alert.area, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${RUNBOOK_LINK}${alert.runbook}`,
    },
  };
}

/** The groups of the objectives, each made of those before it. */
export const SLO_GROUPS = ['slo-short-windows', 'slo-long-windows', 'slo-alerts'] as const;

/** prometheus/rules/slo.yml: what is recorded of the objectives, and the alerts on their budgets. */
export function sloRules() {
  const recorded = slos.map(recordingRules);
  const [short, long, alerts] = SLO_GROUPS;
  return {
    groups: [
      { name: short, interval: '30s', rules: recorded.flatMap((rules) => rules.short) },
      { name: long, interval: '2m', rules: recorded.flatMap((rules) => rules.long) },
      { name: alerts, interval: '30s', rules: objectiveAlerts.map(ruleOf) },
    ],
  };
}

/** prometheus/rules/alerts.yml */
export function alertRules() {
  return {
    groups: Object.entries(groups).map(([name, alerts]) => ({ name, rules: alerts.map(ruleOf) })),
  };
}

const BASE = 'https://runbooks.test/';

function expectation(alert: Alert, { labels, description }: Firing) {
  return {
    exp_labels: { severity: alert.severity, area: alert.area, ...labels },
    exp_annotations: {
      summary: alert.summary,
      description,
      runbook_url: `${BASE}${RUNBOOKS}${alert.runbook}`,
    },
  };
}

/** What is tried of an alert: traffic, when to look, and what it then must say. */
interface Trial extends Case {
  readonly alert: Alert;
  readonly name: string;
  readonly expected: readonly object[];
}

function trialsOf(alert: Alert): readonly Trial[] {
  const fires = alert.fires.map((firing, index) => ({
    ...firing,
    alert,
    name: `fires ${index + 1}`,
    expected: [expectation(alert, firing)],
  }));
  const silent = alert.silent.map((quiet, index) => ({
    ...quiet,
    alert,
    name: `is silent ${index + 1}`,
    expected: [],
  }));
  return [...fires, ...silent];
}

/** Trials at one time, each alert's traffic beside that of the others. */
function ruleTest(name: string, trials: readonly Trial[]) {
  const given = Object.assign({}, ...trials.map((trial) => trial.given));
  return {
    name,
    interval: '1m',
    external_labels: { runbook_base: BASE },
    input_series: Object.entries(given).map(([series, values]) => ({ series, values })),
    alert_rule_test: trials.map(({ alert, at, expected }) => ({
      eval_time: at,
      alertname: alert.name,
      exp_alerts: expected,
    })),
  };
}

/** Tests for `promtool test rules`: each alert fires where it must and is silent where it must not fire. */
export function ruleTests(rules: string, alerts: readonly Alert[]) {
  return {
    rule_files: [`../rules/${rules}`],
    evaluation_interval: '1m',
    tests: alerts
      .flatMap(trialsOf)
      .map((trial) => ruleTest(`${trial.alert.name} ${trial.name}`, [trial])),
  };
}

/** The same of the objectives, which have the same trials: of each with all of them at once, as promtool takes its time. */
export function objectiveTests() {
  const trials = Map.groupBy(
    objectiveAlerts.flatMap(trialsOf),
    ({ alert, name }) => `${alert.severity} ${name}`,
  );
  return {
    rule_files: ['../rules/slo.yml'],
    evaluation_interval: '10m',
    group_eval_order: SLO_GROUPS,
    tests: [...trials].map(([name, together]) => ruleTest(name, together)),
  };
}
