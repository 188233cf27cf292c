import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { containersOf, type Manifest, type Workload, workloadsOf } from '../objects.ts';

/** Pods run what is named, without rights, within bounds, and are looked at. */
export function podFaults(objects: readonly Manifest[]): string[] {
  return workloadsOf(objects).flatMap((workload) => [
    ...ofPod(workload.pod).map((fault) => `${workload.title}: ${fault}`),
    ...faultsIn(containersOf(workload), workload, ofContainer),
    ...faultsIn(workload.pod.containers, workload, (container) => ofProbes(container, workload)),
  ]);
}

function faultsIn(
  containers: readonly IContainer[],
  { title }: Workload,
  of: (container: IContainer) => string[],
): string[] {
  return containers.flatMap((container) =>
    of(container).map((fault) => `${title}, ${container.name}: ${fault}`),
  );
}

function ofPod(pod: IPodSpec): string[] {
  const { securityContext: context = {} } = pod;
  return told({
    'shares a namespace of its node': !pod.hostNetwork && !pod.hostPID && !pod.hostIPC,
    'may run as root': context.runAsNonRoot === true && (context.runAsUser ?? 0) > 0,
    'may make any call to the kernel': context.seccompProfile?.type === 'RuntimeDefault',
    'is given a token of the cluster': pod.automountServiceAccountToken === false,
    'is given the addresses of Services as variables': pod.enableServiceLinks === false,
    'mounts a folder of its node': (pod.volumes ?? []).every(({ hostPath }) => !hostPath),
  });
}

function ofContainer({ image = '', resources, securityContext = {} }: IContainer): string[] {
  const { capabilities, ...context } = securityContext;
  const { requests = {}, limits = {} } = resources ?? {};
  const amounts = ['cpu', 'memory', 'ephemeral-storage'];
  return told({
    'runs an image without a version': /@sha256:[0-9a-f]{64}$|:v?\d+\.\d+\.\d+[\w.-]*$/.test(image),
    'can write to its file system': context.readOnlyRootFilesystem === true,
    'can gain rights': context.allowPrivilegeEscalation === false && !context.privileged,
    'keeps capabilities': capabilities?.drop?.join() === 'ALL' && !capabilities.add,
    'does not say what it needs': amounts.every((amount) => requests[amount] !== undefined),
    'has no bounds': amounts.every((amount) => limits[amount] !== undefined),
  });
}

/** Liveness asks nobody else, as all would be replaced because PostgreSQL is away; readiness does. */
function ofProbes(container: IContainer, { kind }: Workload): string[] {
  if (kind === 'Job') return [];
  const asks = (path: string, probe: IContainer['livenessProbe']) =>
    probe?.httpGet?.path === path && probe.httpGet.port === 'http';
  return told({
    'has no startup probe of /health/live': asks('/health/live', container.startupProbe),
    'has no liveness probe of /health/live': asks('/health/live', container.livenessProbe),
    'has no readiness probe of /health/ready': asks('/health/ready', container.readinessProbe),
  });
}

/** The faults that are not kept from being one. */
function told(kept: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(kept).filter((fault) => !kept[fault]);
}
