import { beforeAll, expect, it } from 'vitest';
import { policyFaults } from '../../deploy/kubernetes/check/faults.ts';
import { type Manifest, ofKind } from '../../deploy/kubernetes/check/objects.ts';
import { overlays, render } from '../../deploy/kubernetes/check/render.ts';
import { schemaFaults } from '../../deploy/kubernetes/check/schemas.ts';
import { describeWhere } from '../support/describe-where.ts';
import { lackOfKubectl, podsOf, shopOf, theOne } from './kubernetes.ts';

type Objects = readonly Manifest[];
type Plant = (objects: Objects) => unknown;

/** What spoils production, and what is then said. */
const violations: readonly (readonly [string, Plant, string])[] = [
  [
    'an image by its latest tag',
    (o) => set(shopOf(o), { image: 'shop:latest' }),
    'without a version',
  ],
  [
    'an image without a tag',
    (o) => set(shopOf(o), { image: 'registry:5000/shop' }),
    'without a version',
  ],
  ['no readiness probe', (o) => drop(shopOf(o), 'readinessProbe'), 'no readiness probe'],
  [
    'liveness that asks the database',
    (o) => set(shopOf(o).livenessProbe?.httpGet, { path: '/health/ready' }),
    'no liveness probe',
  ],
  ['no startup probe', (o) => drop(shopOf(o), 'startupProbe'), 'no startup probe'],
  ['no limit of memory', (o) => drop(shopOf(o).resources?.limits, 'memory'), 'has no bounds'],
  ['no request', (o) => drop(shopOf(o).resources?.requests, 'cpu'), 'what it needs'],
  ['root', (o) => set(podsOf(o).securityContext, { runAsUser: 0 }), 'run as root'],
  ['any call', (o) => drop(podsOf(o).securityContext, 'seccompProfile'), 'call to the kernel'],
  ['the network of the node', (o) => set(podsOf(o), { hostNetwork: true }), 'of its node'],
  [
    'a folder of the node',
    (o) => podsOf(o).volumes?.push({ name: 'node', hostPath: { path: '/' } }),
    'folder of its node',
  ],
  ['a token', (o) => drop(podsOf(o), 'automountServiceAccountToken'), 'a token'],
  ['links', (o) => drop(podsOf(o), 'enableServiceLinks'), 'as variables'],
  ['writing', (o) => drop(shopOf(o).securityContext, 'readOnlyRootFilesystem'), 'can write'],
  ['privilege', (o) => set(shopOf(o).securityContext, { privileged: true }), 'gain rights'],
  [
    'a capability',
    (o) => set(shopOf(o).securityContext?.capabilities, { add: ['NET_ADMIN'] }),
    'keeps capabilities',
  ],
  [
    'too little time',
    (o) => set(podsOf(o), { terminationGracePeriodSeconds: 30 }),
    'is killed after',
  ],
  [
    'a worker killed early',
    (o) => set(podsOf(o, 'mainstay-worker'), { terminationGracePeriodSeconds: 25 }),
    'is killed after',
  ],
  ['no preStop', (o) => drop(shopOf(o), 'lifecycle'), 'before proxies have heard'],
  [
    'slow readiness',
    (o) => set(shopOf(o).readinessProbe, { periodSeconds: 10 }),
    'is noticed to stop',
  ],
  [
    'a variable that nobody reads',
    (o) => shopOf(o).env?.push({ name: 'DATABSE_URL', value: 'x' }),
    'DATABSE_URL is read by nobody',
  ],
  [
    'no settings',
    (o) => set(ofKind(o, 'ConfigMap')[0], { metadata: { name: 'other' } }),
    'by nobody',
  ],
  [
    'a secret elsewhere',
    (o) => set(theOne(o, 'ConfigMap').data, { JWT_SECRET_FILE: '/run/jwt' }),
    'JWT_SECRET_FILE names a file that is not mounted',
  ],
  [
    'a secret in a variable',
    (o) =>
      shopOf(o).env?.push({
        name: 'JWT_SECRET',
        valueFrom: { secretKeyRef: { name: 'mainstay', key: 'JWT_SECRET' } },
      }),
    'JWT_SECRET is a secret in a variable',
  ],
  [
    'a container that prepares as root may',
    (o) => set(podsOf(o), { initContainers: [{ name: 'prepare', image: 'busybox' }] }),
    'prepare: can write to its file system',
  ],
  [
    'a secret that a Job does not mount',
    (o) => set(theOne(o, 'Job').spec?.template.spec?.volumes?.[0]?.secret, { items: [] }),
    'Job mainstay-migrate: DATABASE_URL_FILE names a file that is not mounted',
  ],
  [
    'a secret without an example',
    (o) => set(theOne(o, 'ConfigMap').data, secretFile('METRICS_TOKEN')),
    'METRICS_TOKEN is not in secret.example.yaml',
  ],
  [
    'a secret that is not fetched',
    (o) => set(theOne(o, 'ConfigMap').data, secretFile('EVENT_BROKER_URL')),
    'EVENT_BROKER_URL is not fetched',
  ],
  [
    'another name of the shop',
    (o) => set(theOne(o, 'ConfigMap').data, { PUBLIC_URL: 'https://other.example' }),
    'Ingress: is for shop.example, shop.example, and PUBLIC_URL for other.example',
  ],
  [
    'pods that no policy closes',
    (o) => drop(theOne(o, 'NetworkPolicy', 'nothing-by-default').spec, 'policyTypes'),
    'Job mainstay-migrate: is open (Ingress)',
  ],
  [
    'metrics for anybody',
    (o) => drop(theOne(o, 'NetworkPolicy', 'metrics-to-prometheus').spec?.ingress?.[0], 'from'),
    'takes connections from anybody',
  ],
  [
    'pods without names',
    (o) => set(theOne(o, 'NetworkPolicy', 'names-and-database').spec, { egress: [] }),
    'cannot look up names',
  ],
  [
    'certificates that are not renewed',
    (o) => set(theOne(o, 'NetworkPolicy', 'challenges-of-certificates').spec, { ingress: [] }),
    'nobody reaches what answers for its certificate',
  ],
  [
    'workers without a budget',
    (o) =>
      set(theOne(o, 'PodDisruptionBudget', 'mainstay-worker').spec?.selector, {
        matchLabels: { a: 'b' },
      }),
    'Deployment mainstay-worker: 0 disruption budgets',
  ],
  [
    'two pods evicted at once',
    (o) => set(theOne(o, 'PodDisruptionBudget', 'mainstay-web').spec, { maxUnavailable: 2 }),
    'more than one may be evicted',
  ],
  [
    'a single pod',
    (o) => set(theOne(o, 'HorizontalPodAutoscaler').spec, { minReplicas: 1 }),
    'a single pod',
  ],
  [
    'a scaler of nothing',
    (o) => set(theOne(o, 'HorizontalPodAutoscaler').spec?.scaleTargetRef, { name: 'shop' }),
    'scales what is not there',
  ],
  [
    'two who say how many',
    (o) => set(theOne(o, 'Deployment', 'mainstay-web').spec, { replicas: 2 }),
    'a number of its own',
  ],
  [
    'more pods than connections',
    (o) => set(theOne(o, 'HorizontalPodAutoscaler').spec, { maxReplicas: 7 }),
    '107 connections may be opened, and 97 are given',
  ],
  [
    'larger pools than connections',
    (o) => set(theOne(o, 'ConfigMap').data, { DATABASE_POOL_MAX: '12' }),
    '103 connections may be opened, and 97 are given',
  ],
  [
    'a selector with a version in it',
    (o) => {
      const { spec } = theOne(o, 'Deployment', 'mainstay-web');
      set(spec?.selector.matchLabels, { version: '1' });
      set(spec?.template.metadata?.labels, { version: '1' });
    },
    'selects by what may change',
  ],
  [
    'a selector of two Deployments',
    (o) => drop(theOne(o, 'Deployment', 'mainstay-web').spec?.selector.matchLabels, COMPONENT),
    'selects Deployment mainstay-web, Deployment mainstay-worker',
  ],
  [
    'a Service of nobody',
    (o) => set(theOne(o, 'Service', 'mainstay-web').spec?.selector, { colour: 'red' }),
    'leads to 0',
  ],
  [
    'workers that nobody scrapes',
    (o) => set(metricsOf(o).spec?.selector, { [COMPONENT]: 'web' }),
    'ServiceMonitor mainstay: scrapes Deployment mainstay-web',
  ],
  [
    'migrations that are scraped',
    (o) => drop(metricsOf(o).spec?.selector, 'metrics'),
    'scrapes Deployment mainstay-web, Deployment mainstay-worker, Job mainstay-migrate',
  ],
  [
    'pods that are scraped once they are ready',
    (o) => drop(metricsOf(o).spec, 'publishNotReadyAddresses'),
    'does not see pods that are not ready',
  ],
  [
    'pods that are scraped by one address',
    (o) => drop(metricsOf(o).spec, 'clusterIP'),
    'mainstay-metrics has an address',
  ],
  [
    'a monitor of nothing',
    (o) => set(theOne(o, 'ServiceMonitor').spec?.selector.matchLabels, { [COMPONENT]: 'web' }),
    'mainstay-web lacks a port that is asked',
  ],
  [
    'another job than the rules ask for',
    (o) => drop(theOne(o, 'ServiceMonitor').spec, 'jobLabel'),
    'gives another job than mainstay',
  ],
  [
    'metrics at a port that pods do not have',
    (o) => shopOf(o).ports?.pop(),
    'Deployment mainstay-web has no port metrics',
  ],
  [
    'metrics that no policy opens',
    (o) => set(theOne(o, 'NetworkPolicy', 'metrics-to-prometheus').spec, { ingress: [] }),
    'no policy lets it in to Deployment mainstay-worker',
  ],
];

const COMPONENT = 'app.kubernetes.io/component';
const metricsOf = (objects: Objects) => theOne(objects, 'Service', 'mainstay-metrics');
const secretFile = (name: string) => ({ [`${name}_FILE`]: `/run/secrets/mainstay/${name}` });

describeWhere(lackOfKubectl(), 'the Kubernetes manifests', () => {
  let rendered: ReadonlyMap<string, Objects>;
  const production = () => structuredClone(rendered.get('production') ?? []);

  beforeAll(async () => {
    const names = await overlays();
    rendered = new Map(
      await Promise.all(names.map(async (name) => [name, await render(name)] as const)),
    );
  });

  it('are what Kubernetes and the operators take, in every overlay', async () => {
    expect([...rendered.keys()]).toEqual([
      ...['production', 'production-blue-green', 'production-canary', 'staging'],
    ]);
    expect(await schemaFaults([...rendered.values()].flat())).toEqual([]);
  });

  it('would be refused with a misspelt field, a number for a text, or an amount that is none', async () => {
    const objects = production();
    set(podsOf(objects), { terminationGracePeriod: 45 });
    set(theOne(objects, 'Ingress').metadata?.annotations, { 'nginx.org/proxy-read-timeout': 35 });
    set(shopOf(objects, 'mainstay-worker').resources?.limits, { memory: 'much' });
    expect(await schemaFaults(objects)).toEqual([
      expect.stringMatching(
        /^Deployment mainstay-web: .*'"terminationGracePeriod"' does not exist/,
      ),
      expect.stringMatching(/^Ingress mainstay: Type 'number' is not assignable/),
      expect.stringMatching(/^Deployment mainstay-worker: .*memory must match format "quantity"/),
    ]);
  });

  it('keep the rules of the shop, in every overlay', () => {
    for (const [name, objects] of rendered)
      expect([name, policyFaults(objects, name)]).toEqual([name, []]);
  });

  it.each(violations)('are refused with %s', (_, plant, said) => {
    const objects = production();
    plant(objects);
    expect(policyFaults(objects, 'production').join('\n')).toContain(said);
  });
});

/** Puts values into what is there. */
function set(target: object | undefined, values: object): void {
  if (target === undefined) throw new Error('there is nothing to spoil');
  Object.assign(target, values);
}

function drop<T extends object>(target: T | undefined, key: keyof T & string): void {
  if (target === undefined || !(key in target)) throw new Error(`there is no ${key} to take away`);
  delete target[key];
}
