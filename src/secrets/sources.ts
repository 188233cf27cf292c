import type { Environment, Fetched } from '../config/environment.ts';
import { VARIABLES, type Variable } from '../config/variables.ts';
import { readVaultConfig } from '../config/vault.ts';
import { fieldOf, type SecretSource, SourceError } from './source.ts';

/** The managers that variables may come from: `NAME_VAULT` and `NAME_AWS` hold `<path>#<field>`. */
const KINDS = ['VAULT', 'AWS'] as const;
type Kind = (typeof KINDS)[number];

interface Reference {
  readonly variable: Variable;
  readonly kind: Kind;
  readonly path: string;
  readonly field: string | null;
}

export interface SecretSources {
  /** Reads what the environment refers to, each path once; what cannot be read is among the problems. */
  fetch(): Promise<Fetched>;
  /** Whether any variable may change while the process runs: it is in a file or in a manager. */
  readonly mayChange: boolean;
}

/** Where the environment says that variables are to be had from. */
export function secretSources(env: Environment): SecretSources {
  const references = VARIABLES.flatMap((variable) => referencesTo(variable, env));
  const open = opener(env);
  return {
    mayChange: references.length > 0 || VARIABLES.some((name) => Boolean(env[`${name}_FILE`])),
    async fetch() {
      const values = new Map<string, string>();
      const problems: string[] = [];
      const sources = await open(references, problems);
      const kept = new Map<string, ReturnType<SecretSource['read']>>();
      await Promise.all(
        references.map(async ({ variable, kind, path, field }) => {
          const source = sources.get(kind);
          if (source === undefined) return;
          const reading = kept.get(`${kind} ${path}`) ?? source.read(path);
          kept.set(`${kind} ${path}`, reading);
          try {
            values.set(variable, fieldOf(await reading, field));
          } catch (error) {
            if (!(error instanceof SourceError)) throw error;
            problems.push(`${variable}_${kind} cannot be read: ${error.message}`);
          }
        }),
      );
      return { values, problems: problems.toSorted() };
    },
  };
}

function referencesTo(variable: Variable, env: Environment): Reference[] {
  return KINDS.flatMap((kind) => {
    const text = env[`${variable}_${kind}`];
    if (!text) return [];
    // The last one: an AWS name may hold others.
    const hash = text.lastIndexOf('#');
    const path = hash < 0 ? text : text.slice(0, hash);
    return [{ variable, kind, path, field: hash < 0 ? null : text.slice(hash + 1) }];
  });
}

/** Opens the managers that are referred to once; one that cannot be opened is told and left out. */
function opener(env: Environment) {
  const open = new Map<Kind, SecretSource>();
  return async (references: readonly Reference[], problems: string[]) => {
    for (const kind of new Set(references.map((reference) => reference.kind))) {
      if (open.has(kind)) continue;
      const found = problems.length;
      const source = kind === 'AWS' ? await openAws() : await openVault(env, problems);
      if (problems.length === found) open.set(kind, source);
    }
    return open;
  };
}

/** AWS's SDK is loaded where it is needed alone. */
async function openAws(): Promise<SecretSource> {
  const { createAwsSecrets } = await import('./aws-secrets.gateway.ts');
  return createAwsSecrets();
}

async function openVault(env: Environment, problems: string[]): Promise<SecretSource> {
  const { createVault } = await import('./vault.gateway.ts');
  return createVault(readVaultConfig(env, problems));
}
