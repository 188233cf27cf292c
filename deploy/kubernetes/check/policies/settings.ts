import { VARIABLES } from '../../../../src/config/variables.ts';
import {
  containersOf,
  type Manifest,
  nameOf,
  ofKind,
  type Workload,
  workloadsOf,
} from '../objects.ts';

const SETTINGS = new Set<string>(VARIABLES);
/** What other programs than the shop read: Node.js. */
const OTHERS = new Set(['NODE_OPTIONS']);

interface Setting {
  readonly name: string;
  readonly value: string;
}

/** Pods are given settings that the shop reads, and secrets that are there. */
export function settingFaults(objects: readonly Manifest[], secretKeys: ReadonlySet<string>) {
  const workloads = workloadsOf(objects).flatMap((workload) => {
    const settings = settingsOf(workload, objects);
    return [
      ...unknownIn(settings),
      ...unmountedIn(settings, workload, secretKeys),
      ...variablesThatTell(workload),
    ].map((fault) => `${workload.title}: ${fault}`);
  });
  const external = ofKind(objects, 'ExternalSecret').flatMap(({ spec }) => {
    const kept = new Set(spec?.data?.map(({ secretKey }) => secretKey));
    return filesOf(objects)
      .filter((key) => !kept.has(key))
      .map((key) => `ExternalSecret: ${key} is not fetched`);
  });
  return [...workloads, ...external, ...addressFaults(objects)];
}

/** What a pod's shop finds in its environment, its ConfigMap's entries among it. */
export function settingsOf({ pod }: Workload, objects: readonly Manifest[]): Setting[] {
  const maps = ofKind(objects, 'ConfigMap');
  return pod.containers.flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.flatMap(({ configMapRef }) => {
      const map = maps.find((object) => nameOf(object) === configMapRef?.name);
      const found = Object.entries(map?.data ?? { [`ConfigMap ${configMapRef?.name}`]: '' });
      return found.map(([name, value]) => ({ name, value }));
    }),
    ...env.map(({ name, value = '' }) => ({ name, value })),
  ]);
}

/** Variables are seen by whoever describes a pod or reads a crash report. */
function variablesThatTell(workload: Workload): string[] {
  return containersOf(workload).flatMap(({ env = [], envFrom = [] }) => [
    ...env.flatMap(({ name, valueFrom }) =>
      valueFrom?.secretKeyRef ? [`${name} is a secret in a variable`] : [],
    ),
    ...envFrom.flatMap(({ secretRef }) =>
      secretRef ? [`${secretRef.name} is a Secret in variables`] : [],
    ),
  ]);
}

const variableOf = (name: string) => name.replace(/_FILE$/, '');

function unknownIn(settings: readonly Setting[]): string[] {
  return settings
    .filter(({ name }) => !SETTINGS.has(variableOf(name)) && !OTHERS.has(name))
    .map(({ name }) => `${name} is read by nobody`);
}

/** The path of a secret is the folder of its volume and its key, which is the name of its variable. */
function unmountedIn(
  settings: readonly Setting[],
  { pod }: Workload,
  secretKeys: ReadonlySet<string>,
): string[] {
  const files = settings.filter(({ name }) => name.endsWith('_FILE'));
  const volume = pod.volumes?.find(({ secret }) => secret?.secretName === 'mainstay');
  const items = volume?.secret?.items?.map(({ path }) => path);
  const folder = pod.containers
    .flatMap(({ volumeMounts = [] }) => volumeMounts)
    .find(({ name }) => name === volume?.name)?.mountPath;
  return files.flatMap(({ name, value }) => {
    const key = variableOf(name);
    if (value !== `${folder}/${key}` || (items && !items.includes(key)))
      return [`${name} names a file that is not mounted`];
    return secretKeys.has(key) ? [] : [`${key} is not in secret.example.yaml`];
  });
}

const filesOf = (objects: readonly Manifest[]) =>
  workloadsOf(objects)
    .flatMap((workload) => settingsOf(workload, objects))
    .filter(({ name }) => name.endsWith('_FILE'))
    .map(({ name }) => variableOf(name));

/** The name by which shoppers come is the one in links, redirects and the certificate. */
function addressFaults(objects: readonly Manifest[]): string[] {
  const urls = ofKind(objects, 'ConfigMap').flatMap(({ data }) => data?.PUBLIC_URL ?? []);
  const expected = urls.map((url) => new URL(url).hostname).join();
  return ofKind(objects, 'Ingress').flatMap(({ spec }) => {
    const hosts = [
      ...(spec?.rules ?? []).map(({ host }) => host),
      ...(spec?.tls ?? []).flatMap((tls) => tls.hosts ?? []),
    ];
    const others = hosts.filter((host) => host !== expected);
    return hosts.length > 1 && others.length === 0
      ? []
      : [`Ingress: is for ${hosts.join(', ')}, and PUBLIC_URL for ${expected || 'nobody'}`];
  });
}
