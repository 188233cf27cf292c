import { databaseAlerts } from './alerts/database.ts';
import { dependencyAlerts } from './alerts/dependencies.ts';
import { machineAlerts } from './alerts/machine.ts';
import { moneyAlerts } from './alerts/money.ts';
import { queueAlerts } from './alerts/queue.ts';
import { replicaAlerts } from './alerts/replicas.ts';
import { requestAlerts } from './alerts/requests.ts';
import { watchingAlerts } from './alerts/watching.ts';
import { type Alert, type Firing, RUNBOOK_LINK, RUNBOOKS } from './rules.ts';
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

/** Tests for `promtool test rules`: each alert fires where it must and is silent where it must not fire. */
export function ruleTests(
  rules: string,
  alerts: readonly Alert[],
  { everyMinutes, inOrder = [] }: { everyMinutes: number; inOrder?: readonly string[] },
) {
  return {
    rule_files: [`../rules/${rules}`],
    evaluation_interval: `${everyMinutes}m`,
    ...(inOrder.length > 0 ? { group_eval_order: inOrder } : {}),
    tests: alerts.flatMap((alert) => {
      const test = (
        what: string,
        { given, at }: { given: Readonly<Record<string, string>>; at: string },
        expected: object[],
      ) => ({
        name: `${alert.name} ${what}`,
        interval: '1m',
        external_labels: { runbook_base: BASE },
        input_series: Object.entries(given).map(([series, values]) => ({ series, values })),
        alert_rule_test: [{ eval_time: at, alertname: alert.name, exp_alerts: expected }],
      });
      return [
        ...alert.fires.map((firing) => test('fires', firing, [expectation(alert, firing)])),
        ...alert.silent.map((silent) => test('is silent', silent, [])),
      ];
    }),
  };
}
