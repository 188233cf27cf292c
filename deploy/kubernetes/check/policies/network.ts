import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import { type Manifest, ofKind, selects, titleOf, workloadsOf } from '../objects.ts';

/** The label of the pods by which cert-manager answers challenges. */
const SOLVER = { 'acme.cert-manager.io/http01-solver': 'true' };

/** Every pod is closed in both directions but for what is named, and certificates are renewed all the same. */
export function networkFaults(objects: readonly Manifest[]): string[] {
  const specs = ofKind(objects, 'NetworkPolicy').flatMap(({ spec }) => spec ?? []);
  const takesChallenges = specs.some(
    ({ podSelector, ingress = [] }) =>
      selects(podSelector ?? {}, SOLVER) && ingress.some(({ from = [] }) => from.length > 0),
  );
  const closedToChallenges = ofKind(objects, 'Ingress')
    .filter(({ metadata }) => metadata?.annotations?.['cert-manager.io/cluster-issuer'])
    .filter(() => !takesChallenges)
    .map((ingress) => `${titleOf(ingress)}: nobody reaches what answers for its certificate`);
  const ofPods = workloadsOf(objects).flatMap(({ title, labels }) => {
    const own = specs.filter(({ podSelector }) => selects(podSelector ?? {}, labels));
    const closed = (direction: 'Ingress' | 'Egress') =>
      own.some(({ policyTypes = [] }) => policyTypes.includes(direction));
    const faults = (['Ingress', 'Egress'] as const)
      .filter((direction) => !closed(direction))
      .map((direction) => `is open (${direction})`);
    if (!own.some(resolvesNames)) faults.push('cannot look up names');
    if (own.some(takesAnybody)) faults.push('takes connections from anybody');
    return faults.map((fault) => `${title}: ${fault}`);
  });
  return [...closedToChallenges, ...ofPods];
}

const resolvesNames = ({ egress = [] }: INetworkPolicySpec) =>
  egress.some(({ ports = [] }) =>
    ports.some(({ port, protocol }) => port === 53 && protocol === 'UDP'),
  );

const takesAnybody = ({ ingress = [] }: INetworkPolicySpec) =>
  ingress.some(({ from = [], ports = [] }) => from.length === 0 || ports.length === 0);
