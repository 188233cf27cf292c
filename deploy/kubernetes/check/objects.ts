import type { IAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';

/** What the overlays are made of; another kind is refused, as no schema of it is at hand. */
export type Manifest =
  | IAnalysisTemplate
  | IConfigMap
  | IDeployment
  | IExternalSecret
  | IHorizontalPodAutoscaler
  | IIngress
  | IJob
  | INamespace
  | INetworkPolicy
  | IPodDisruptionBudget
  | IPrometheusRule
  | IRollout
  | ISecret
  | IService
  | IServiceAccount
  | IServiceMonitor;

/** Services by which requests come; a headless one is asked for addresses, not for answers. */
export const leadingServices = (objects: readonly Manifest[]) =>
  ofKind(objects, 'Service').filter(({ spec }) => spec?.clusterIP !== 'None');

export type Labels = Readonly<Record<string, string>>;

/** What makes pods. */
export interface Workload {
  /** As people name it: Deployment mainstay-web. */
  readonly title: string;
  readonly kind: 'Deployment' | 'Job';
  readonly name: string;
  readonly labels: Labels;
  readonly pod: IPodSpec;
}

/** The objects of one kind. */
export function ofKind<K extends Manifest['kind']>(
  objects: readonly Manifest[],
  kind: K,
): Extract<Manifest, { kind: K }>[] {
  return objects.filter((object): object is Extract<Manifest, { kind: K }> => object.kind === kind);
}

export const nameOf = ({ metadata }: Manifest): string => metadata?.name ?? '';
export const titleOf = (object: Manifest): string => `${object.kind} ${nameOf(object)}`;

/** Every Deployment and Job, with the pods that it makes. */
export function workloadsOf(objects: readonly Manifest[]): Workload[] {
  return [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'Job')].flatMap((object) => {
    const template = object.spec?.template;
    if (template?.spec === undefined) return [];
    const { kind } = object;
    const labels = template.metadata?.labels ?? {};
    return [{ title: titleOf(object), kind, name: nameOf(object), labels, pod: template.spec }];
  });
}

/** All that run in a pod, those that only prepare it too. */
export const containersOf = ({ pod }: Workload): IContainer[] => [
  ...(pod.initContainers ?? []),
  ...pod.containers,
];

/** A selector, as pods are chosen by it; an empty one takes all. */
export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether a selector takes pods of these labels. @throws for an operator that is not used here, which is all but In. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`the operator ${operator} is not understood`);
      return values.includes(labels[key] ?? '');
    })
  );
}
