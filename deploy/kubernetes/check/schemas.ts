import { join } from 'node:path';
import ts from 'typescript';
import { type Manifest, titleOf } from './objects.ts';

/** Which package has the kinds of a group; the others are Kubernetes' own. */
const PACKAGES: Readonly<Record<string, string>> = {
  'argoproj.io': '@kubernetes-models/argo-rollouts',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

/** The module of a kind's model, as `kubernetes-models/apps/v1/Deployment`. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const group = apiVersion.split('/')[0] ?? '';
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/**
 * What is wrong with objects by the schemas of Kubernetes and of the operators whose kinds they are: their published
 * models as types, which take no unknown field, and as validators, which know formats and bounds too.
 */
export async function schemaFaults(objects: readonly Manifest[]): Promise<string[]> {
  const faults = typeFaults(objects);
  const mistyped = new Set(faults.map(({ object }) => object));
  const values = objects.filter((object) => !mistyped.has(object)).map(valueFaults);
  return [...faults.map(({ fault }) => fault), ...(await Promise.all(values)).flat()];
}

interface TypeFault {
  /** Of none where the check itself does not compile. */
  readonly object: Manifest | undefined;
  readonly fault: string;
}

const FILE = join(import.meta.dirname, 'objects-under-check.ts');

/** Writes the objects as a program, a line each, that compiles where each is one of its kind. */
function typeFaults(objects: readonly Manifest[]): TypeFault[] {
  const text = objects
    .map((object) => {
      const type = `import(${JSON.stringify(moduleOf(object))}).I${object.kind}`;
      return `(${JSON.stringify(object)}) satisfies ${type};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    ...{
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
      types: [],
    },
    ...{ target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === FILE
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024)
      : getSourceFile.call(host, name, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([FILE], options, host))
    .map(({ file, start = 0, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? -1;
      const object = objects[line];
      const message = ts.flattenDiagnosticMessageText(messageText, ' ');
      return { object, fault: `${object ? titleOf(object) : 'the check itself'}: ${message}` };
    });
}

interface Model {
  validate(): void;
}

async function valueFaults(object: Manifest): Promise<string[]> {
  const models: Record<string, new (data: unknown) => Model> = await import(moduleOf(object));
  const Kind = models[object.kind];
  if (Kind === undefined) return [`${titleOf(object)}: there is no such kind`];
  try {
    new Kind(object).validate();
    return [];
  } catch (error) {
    return [`${titleOf(object)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
