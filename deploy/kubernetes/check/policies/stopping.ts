import { FINISH_WITHIN_MS, PRODUCTION_GRACE_MS } from '../../../../src/process-limits.ts';
import { leadingServices, type Manifest, selects, type Workload, workloadsOf } from '../objects.ts';

/** What the shop takes at most from SIGTERM on, in seconds. */
const STOP = (PRODUCTION_GRACE_MS + FINISH_WITHIN_MS) / 1000;
const GRACE = PRODUCTION_GRACE_MS / 1000;
/** What is left to the kubelet, and to the process for its last words. */
const SPARE = 5;

/** Pods that stop are forgotten by proxies first, and are given the time that the shop takes. */
export function stoppingFaults(objects: readonly Manifest[]): string[] {
  const services = leadingServices(objects).map(({ spec }) => spec?.selector ?? {});
  const serves = ({ labels }: Workload) =>
    services.some((matchLabels) => selects({ matchLabels }, labels));
  return workloadsOf(objects)
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap((workload) =>
      faultsOf(workload, serves(workload)).map((fault) => `${workload.title}: ${fault}`),
    );
}

function faultsOf({ pod }: Workload, serves: boolean): string[] {
  const [shop] = pod.containers;
  const sleep = shop?.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const { periodSeconds = 10, failureThreshold = 3 } = shop?.readinessProbe ?? {};
  const given = pod.terminationGracePeriodSeconds ?? 30;
  const needed = sleep + STOP + SPARE;
  const faults: string[] = [];
  if (given < needed) faults.push(`is killed after ${given} s, and may need ${needed}`);
  if (serves && sleep === 0)
    faults.push('gets requests, and stops before proxies have heard of it');
  if (serves && periodSeconds * failureThreshold > GRACE)
    faults.push(
      `is noticed to stop after ${periodSeconds * failureThreshold} s, not within ${GRACE}`,
    );
  return faults;
}
