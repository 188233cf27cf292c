import { POOL_MAX } from '../../../../src/process-limits.ts';
import { type Manifest, nameOf, ofKind, selects, titleOf, workloadsOf } from '../objects.ts';

/** Connections that a PostgreSQL gives which is not told otherwise: 100, less what is kept for superusers. */
const SERVER_GIVES = 97;
/** The migrations' two, and what people and their tools open. */
const OTHERS = 2 + 5;

type Deployment = ReturnType<typeof ofKind<'Deployment'>>[number];

/** Pods go one at a time, there are always some left, and the database has a connection for each that there may be. */
export function scalingFaults(
  objects: readonly Manifest[],
  { production }: { production: boolean },
) {
  return [
    ...budgetFaults(objects),
    ...scalerFaults(objects, production),
    ...connectionFaults(objects),
  ];
}

function budgetFaults(objects: readonly Manifest[]): string[] {
  const budgets = ofKind(objects, 'PodDisruptionBudget').flatMap(({ spec }) => spec ?? []);
  return workloadsOf(objects)
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ title, labels }) => {
      const own = budgets.filter(({ selector }) => selects(selector ?? {}, labels));
      if (own.length !== 1)
        return [`${title}: ${own.length} disruption budgets are for it, not one`];
      return own[0]?.maxUnavailable === 1 ? [] : [`${title}: more than one may be evicted at once`];
    });
}

function scalerFaults(objects: readonly Manifest[], production: boolean): string[] {
  const targets = [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'Rollout')];
  return ofKind(objects, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const { scaleTargetRef, minReplicas = 1 } = scaler.spec ?? {};
    const target = targets.find(
      (object) => nameOf(object) === scaleTargetRef?.name && object.kind === scaleTargetRef.kind,
    );
    const faults: string[] = [];
    if (target === undefined) faults.push('scales what is not there');
    // Each time it is applied, a number of its own would undo what the scaler has found.
    if (target?.spec?.replicas !== undefined) faults.push('scales what has a number of its own');
    if (production && minReplicas < 2) faults.push('lets a single pod be all of the shop');
    return faults.map((fault) => `${titleOf(scaler)}: ${fault}`);
  });
}

/** docs/deployment.md#processes-and-connections, with as many pods as there may be while one Deployment is replaced. */
function connectionFaults(objects: readonly Manifest[]): string[] {
  const settings = Object.assign({}, ...ofKind(objects, 'ConfigMap').map(({ data }) => data));
  // Without Redis each process has one more, on which it hears what others change.
  const listener = 'REDIS_URL_FILE' in settings ? 0 : 1;
  const each = (pods: number, role: 'web' | 'worker') =>
    pods * (Number(settings.DATABASE_POOL_MAX ?? POOL_MAX[role]) + listener);
  const of = (role: 'web' | 'worker') => {
    const own = ofKind(objects, 'Deployment').filter(
      ({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === role,
    );
    const most = own.reduce((sum, deployment) => sum + mostPods(deployment, objects), 0);
    return each(most + Math.max(...own.map(surgeOf)), role);
  };
  const sum = of('web') + of('worker') + OTHERS;
  return sum <= SERVER_GIVES
    ? []
    : [`${sum} connections may be opened, and ${SERVER_GIVES} are given`];
}

/** Of a Deployment, or of the Rollout that takes its place. */
function mostPods(deployment: Deployment, objects: readonly Manifest[]): number {
  const scaler = ofKind(objects, 'HorizontalPodAutoscaler').find(
    ({ spec }) => spec?.scaleTargetRef.name === nameOf(deployment),
  );
  return scaler?.spec?.maxReplicas ?? deployment.spec?.replicas ?? 1;
}

const surgeOf = ({ spec }: Deployment) => Number(spec?.strategy?.rollingUpdate?.maxSurge ?? 1);
