import {
  type Labels,
  leadingServices,
  type Manifest,
  ofKind,
  selects,
  titleOf,
  workloadsOf,
} from '../objects.ts';

/** What a Deployment selects its pods by can never be changed, so it is these labels and no version or setting. */
const FIXED = new Set(['app.kubernetes.io/name', 'app.kubernetes.io/component', 'colour']);

/** Whatever selects pods selects some, and no Deployment selects those of another. */
export function selectorFaults(objects: readonly Manifest[]): string[] {
  const workloads = workloadsOf(objects);
  const deployments = ofKind(objects, 'Deployment').flatMap((deployment) => {
    const { matchLabels = {} } = deployment.spec?.selector ?? {};
    const title = titleOf(deployment);
    const taken = workloads.filter(({ labels }) => selects({ matchLabels }, labels));
    const faults: string[] = [];
    if (taken.map((workload) => workload.title).join() !== title)
      faults.push(`selects ${taken.map((workload) => workload.title).join(', ') || 'nothing'}`);
    if (!Object.keys(matchLabels).every((label) => FIXED.has(label)))
      faults.push(`selects by what may change: ${Object.keys(matchLabels).join(', ')}`);
    return faults.map((fault) => `${title}: ${fault}`);
  });
  const services = leadingServices(objects).flatMap((service) => {
    const matchLabels: Labels = service.spec?.selector ?? {};
    const taken = workloads.filter(({ labels }) => selects({ matchLabels }, labels));
    return taken.length === 1 ? [] : [`${titleOf(service)}: leads to ${taken.length} workloads`];
  });
  return [...deployments, ...services];
}
