import { execFileSync } from 'node:child_process';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { type Manifest, nameOf, ofKind } from '../../deploy/kubernetes/check/objects.ts';

/** What is lacking to render the overlays, or null: kustomize 5, which kubectl has since 1.27. */
export function lackOfKubectl(): string | null {
  try {
    const said = execFileSync('kubectl', ['version', '--client', '--output=json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    const { kustomizeVersion = '' } = JSON.parse(said);
    return /^v([5-9]|\d\d)\./.test(kustomizeVersion) ? null : 'kubectl is older than 1.27';
  } catch {
    return 'there is no kubectl';
  }
}

/** The one object of a kind and, where there are several, a name. */
export function theOne<K extends Manifest['kind']>(
  objects: readonly Manifest[],
  kind: K,
  name?: string,
): Extract<Manifest, { kind: K }> {
  const found = ofKind(objects, kind).filter((object) => !name || nameOf(object) === name);
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} ${kind} ${name}`);
  return object;
}

/** The pods of a Deployment. */
export function podsOf(objects: readonly Manifest[], name = 'mainstay-web'): IPodSpec {
  const pod = theOne(objects, 'Deployment', name).spec?.template.spec;
  if (pod === undefined) throw new Error(`${name} makes no pods`);
  return pod;
}

/** The container of a Deployment's pods. */
export function shopOf(objects: readonly Manifest[], name = 'mainstay-web'): IContainer {
  const [container] = podsOf(objects, name).containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  return container;
}
