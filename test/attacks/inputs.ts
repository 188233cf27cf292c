import fc from 'fast-check';
import { type createKnowledge, kindNamed } from '../fuzz/knowledge.ts';
import { freeProperties, type Schema, valid } from '../fuzz/values.ts';
import type { Route } from '../support/routes.ts';

/** A request with an attack in one of its places, and all else as the route wants it. */
export interface Attempt {
  readonly what: string;
  readonly url: string;
  readonly body?: unknown;
}

type Way = readonly string[];

/** Makes the request that tries a text in one place of a route. */
export type Place = (attack: string) => Attempt;

/** Every place of a route that takes text: of its address, its query and its body. */
export function placesOf(
  { url, schema }: Route,
  knowledge: ReturnType<typeof createKnowledge>,
): Place[] {
  const sample = (of: unknown) => {
    const [made] = fc.sample(valid(of as Schema), { numRuns: 1, seed: 7 });
    return knowledge.resolve(made, '') as Record<string, unknown>;
  };
  const query = schema.querystring ? sample(schema.querystring) : {};
  const body = schema.body ? sample(schema.body) : undefined;
  const parts = url.split('/');
  const attempt = (path: string, what: string, asked: object, sent: unknown): Attempt => ({
    what,
    url: `${path}?${queryText(asked)}`,
    ...(sent === undefined ? {} : { body: sent }),
  });
  const inPath = parts.flatMap((part, index): Place[] =>
    part.startsWith(':')
      ? [(attack) => attempt(pathOf(url, knowledge, { index, attack }), part, query, body)]
      : [],
  );
  const path = pathOf(url, knowledge);
  return [
    ...inPath,
    ...textsOf(schema.querystring as Schema | undefined).map(
      (place): Place =>
        (attack) =>
          attempt(path, `?${place.join('.')}`, withText(query, place, attack) as object, body),
    ),
    ...textsOf(schema.body as Schema | undefined).map(
      (place): Place =>
        (attack) =>
          attempt(path, place.join('.'), query, withText(body, place, attack)),
    ),
  ];
}

/** A route's address about things that there are, or with a text in one of its parts. */
export function pathOf(
  url: string,
  knowledge: ReturnType<typeof createKnowledge>,
  text?: { readonly index: number; readonly attack: string },
): string {
  const parts = url.split('/');
  const filled = parts.map((part, index) => {
    if (!part.startsWith(':')) return part;
    if (index === text?.index) return encodeURIComponent(text.attack);
    const thing = part === ':id' ? parts[index - 1] : kindNamed(part.slice(1));
    return String(knowledge.resolve(`ref:${thing}:1:${NOTHING}`, ''));
  });
  return filled.join('/');
}

const NOTHING = '0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10';

/** Every place of a schema that takes free text, the first item of lists standing for all. */
function textsOf(schema: Schema | undefined): Way[] {
  if (schema === undefined || schema.enum || schema.const !== undefined) return [];
  if (schema.anyOf) return schema.anyOf.flatMap(textsOf);
  if (schema.type === 'string') return [[]];
  if (schema.type === 'array') return textsOf(schema.items).map((place) => ['0', ...place]);
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, found]) =>
      textsOf(found).map((place) => [name, ...place]),
    ),
    ...textsOf(freeProperties(schema)?.values).map((place) => ['a name', ...place]),
  ];
}

/** A value with a text in a place, which is made where it is not there. */
function withText(value: unknown, [key, ...rest]: Way, text: string): unknown {
  if (key === undefined) return text;
  if (key === '0') return [withText(Array.isArray(value) ? value[0] : undefined, rest, text)];
  const parent = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...parent, [key]: withText((parent as Record<string, unknown>)[key], rest, text) };
}

/** As forms and addresses are written. */
export function queryText(values: object): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, String(item)]),
  );
  return new URLSearchParams(pairs).toString();
}
