import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');

export interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[] } & Readonly<Record<string, unknown>>;
  readonly deploy?: {
    readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> };
  };
  readonly extra_hosts?: readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** A compose file with its anchors resolved and its variables as they are written. */
export function readCompose(file = 'docker-compose.yml'): Compose {
  return parse(readFileSync(join(root, file), 'utf8'), { merge: true });
}

/** A compose file as `docker compose` sees it with these variables; `used` gets the name of each it asks for. */
export function resolveCompose(variables: Variables, used = new Set<string>()): Compose {
  return resolveIn(readCompose(), variables, used) as Compose;
}

function resolveIn(value: unknown, variables: Variables, used: Set<string>): unknown {
  if (typeof value === 'string') return interpolate(value, variables, used);
  if (Array.isArray(value)) return value.map((item) => resolveIn(item, variables, used));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveIn(item, variables, used)]),
  );
}

/** `${NAME}`, `${NAME:-default}` with variables in the default, and `$$`; anything else of Compose's is refused. */
export function interpolate(text: string, variables: Variables, used = new Set<string>()): string {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '$') {
      result += text[at];
    } else if (text[at + 1] === '$') {
      result += '$';
      at += 1;
    } else {
      const end = closingBrace(text, at + 1);
      const [, name = '', fallback] =
        /^(\w+)(?::-(.*))?$/s.exec(text.slice(at + 2, end)) ?? refuse(text);
      used.add(name);
      result += variables[name] || interpolate(fallback ?? '', variables, used);
      at = end;
    }
  }
  return result;
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return text[at] === '}' ? at : refuse(text);
  }
  return refuse(text);
}

function refuse(text: string): never {
  throw new Error(`not understood: ${text}`);
}
