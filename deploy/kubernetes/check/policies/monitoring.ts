import {
  type Labels,
  type Manifest,
  nameOf,
  ofKind,
  selects,
  titleOf,
  type Workload,
  workloadsOf,
} from '../objects.ts';

/** What the rules of prometheus/ and the dashboards ask for. */
const JOB = 'mainstay';

type ServiceMonitor = ReturnType<typeof ofKind<'ServiceMonitor'>>[number];
type Service = ReturnType<typeof ofKind<'Service'>>[number];

/** What is scraped is every pod of the shop that stays, ready or not, and Prometheus is let in to it. */
export function monitoringFaults(objects: readonly Manifest[]): string[] {
  return ofKind(objects, 'ServiceMonitor').flatMap((monitor) => {
    const services = ofKind(objects, 'Service').filter(({ metadata }) =>
      selects(monitor.spec?.selector ?? {}, metadata?.labels ?? {}),
    );
    const faults = services.flatMap((service) => faultsOf(service, monitor, objects));
    if (services.length !== 1) faults.push(`scrapes ${services.length} Services, not one`);
    return faults.map((fault) => `${titleOf(monitor)}: ${fault}`);
  });
}

function faultsOf(service: Service, { spec }: ServiceMonitor, objects: readonly Manifest[]) {
  const matchLabels: Labels = service.spec?.selector ?? {};
  const workloads = workloadsOf(objects);
  const scraped = workloads.filter(({ labels }) => selects({ matchLabels }, labels));
  const staying = workloads.filter(({ kind }) => kind === 'Deployment');
  const named = new Set(spec?.endpoints.map(({ port }) => port));
  const targets = (service.spec?.ports ?? [])
    .filter(({ name }) => named.has(name))
    .map(({ targetPort }) => targetPort);
  const faults: string[] = [];
  if (titles(scraped) !== titles(staying)) faults.push(`scrapes ${titles(scraped) || 'nothing'}`);
  if (service.spec?.clusterIP !== 'None') faults.push(`${nameOf(service)} has an address`);
  if (service.spec?.publishNotReadyAddresses !== true)
    faults.push('does not see pods that are not ready');
  if (service.metadata?.labels?.[spec?.jobLabel ?? ''] !== JOB)
    faults.push(`gives another job than ${JOB}`);
  if (targets.length !== named.size) faults.push(`${nameOf(service)} lacks a port that is asked`);
  for (const target of targets) {
    for (const workload of scraped) {
      if (!hasPort(workload, target)) faults.push(`${workload.title} has no port ${target}`);
      if (!letsIn(workload, target, objects))
        faults.push(`no policy lets it in to ${workload.title}`);
    }
  }
  return faults;
}

const titles = (workloads: readonly Workload[]) =>
  workloads
    .map(({ title }) => title)
    .toSorted()
    .join(', ');

const hasPort = ({ pod }: Workload, port: string | number | undefined) =>
  pod.containers.some(({ ports = [] }) => ports.some(({ name }) => name === port));

/** Whether some policy opens a port of a pod; that it is not for anybody network.ts sees to. */
const letsIn = (
  { labels }: Workload,
  target: string | number | undefined,
  objects: readonly Manifest[],
) =>
  ofKind(objects, 'NetworkPolicy').some(
    ({ spec }) =>
      selects(spec?.podSelector ?? {}, labels) &&
      (spec?.ingress ?? []).some(({ ports = [] }) => ports.some(({ port }) => port === target)),
  );
