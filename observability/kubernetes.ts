import { burnLimit, errorRatio } from './slo-rules.ts';
import { type Slo, slos } from './slos.ts';

const metadata = (name: string) => ({
  name,
  labels: { 'app.kubernetes.io/name': 'mainstay', 'app.kubernetes.io/part-of': 'mainstay' },
});

/** A file of rules as Prometheus Operator takes it. */
export function prometheusRule(name: string, { groups }: { groups: readonly object[] }) {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadata(`mainstay-${name}`),
    spec: { groups },
  };
}

/** How many times faster than it may a canary may burn a budget: what somebody is called for over an hour. */
const MOST_TIMES = 14.4;
/** The label that Argo Rollouts gives to pods, as Prometheus writes it. */
const OF_CANARY = 'rollouts_pod_template_hash="{{args.canary}}"';

/** The objectives of what the web answers, asked of the pods of a new version alone. */
export function canaryAnalysis() {
  const answered = slos.filter(({ service }) => service !== 'events' && service !== 'payments');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: metadata('mainstay-objectives'),
    spec: {
      args: [
        { name: 'canary' },
        { name: 'prometheus', value: 'http://prometheus-operated.monitoring:9090' },
      ],
      metrics: answered.map((slo) => ({
        name: slo.name,
        // Until its counters have been read a few times.
        initialDelay: '2m',
        interval: '1m',
        // The third bad minute ends the release.
        failureLimit: 2,
        // Nobody asked: nothing is wrong.
        successCondition: `len(result) == 0 || isNaN(result[0]) || result[0] <= ${burnLimit(slo, MOST_TIMES)}`,
        provider: {
          prometheus: { address: '{{args.prometheus}}', query: errorRatio(ofCanary(slo), '5m') },
        },
      })),
    },
  };
}

/** An objective of the pods of a new version. */
function ofCanary(slo: Slo): Slo {
  const { indicator } = slo;
  return indicator.kind === 'availability'
    ? { ...slo, indicator: { ...indicator, requests: `${indicator.requests},${OF_CANARY}` } }
    : { ...slo, indicator: { ...indicator, events: `${indicator.events},${OF_CANARY}` } };
}
