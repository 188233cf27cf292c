import fc from 'fast-check';
import type { NamedOperation } from '../support/contract/document.ts';
import { specialBodies } from './bodies.ts';
import {
  brokenBodies,
  hostileTexts,
  strangeHeaders,
  strangeNames,
  strangeSegments,
  strangeTypes,
} from './hostile.ts';
import { kindNamed, ref } from './knowledge.ts';
import { hostileObject, nearly } from './mutations.ts';
import { isFor, principals } from './principals.ts';
import { type Schema, sometimes, valid } from './values.ts';

export const manners = ['valid', 'nearly valid', 'hostile'] as const;
export type Manner = (typeof manners)[number];

/** A request to be tried: what it refers to is filled in when it is sent. */
export interface Shot {
  readonly operation: string;
  readonly who: string;
  readonly manner: Manner;
  /** By the name of the parameter. */
  readonly path: Readonly<Record<string, Segment>>;
  readonly query: readonly (readonly [name: string, value: unknown])[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Body;
}

/** What stands in the address: a text to be encoded, or bytes as they are. */
export type Segment = { readonly text: unknown } | { readonly raw: string };

export type Body =
  | { readonly json: unknown }
  | { readonly raw: string; readonly type: string | null; readonly headers?: object }
  /** An event as Stripe signs it. */
  | { readonly signed: unknown }
  | null;

/** Requests for an operation, of every manner and by everybody. */
export function shotsAt(operation: NamedOperation): fc.Arbitrary<Shot> {
  return fc.oneof(
    { weight: 4, arbitrary: shots(operation, 'valid') },
    { weight: 4, arbitrary: shots(operation, 'nearly valid') },
    { weight: 3, arbitrary: shots(operation, 'hostile') },
  );
}

function shots(named: NamedOperation, manner: Manner): fc.Arbitrary<Shot> {
  const { name, path, operation } = named;
  const places = (operation.parameters ?? []).filter(({ in: place }) => place === 'path');
  return fc.record({
    operation: fc.constant(name),
    who: who(named),
    manner: fc.constant(manner),
    path: fc.record(
      Object.fromEntries(places.map((place) => [place.name, segments(path, place.name, manner)])),
      { noNullPrototype: true },
    ) as fc.Arbitrary<Record<string, Segment>>,
    query: queries(named, manner),
    headers: headers(named, manner),
    body: bodies(named, manner),
  });
}

/** Mostly somebody whom it is for. */
function who({ operation }: NamedOperation): fc.Arbitrary<string> {
  const suit = principals.filter((one) => isFor(one, operation['x-access']) === true);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...suit.map(({ name }) => name)) },
    { weight: 2, arbitrary: fc.constantFrom(...principals.map(({ name }) => name)) },
  );
}

function segments(path: string, name: string, manner: Manner): fc.Arbitrary<Segment> {
  const parts = path.split('/');
  const thing = parts[parts.indexOf(`{${name}}`) - 1] ?? '';
  const text = (made: fc.Arbitrary<unknown>) => made.map((found) => ({ text: found }));
  const own = text(ref(name === 'id' ? thing : kindNamed(name)));
  if (manner === 'valid') return own;
  const others = text(
    fc.oneof(
      fc
        .constantFrom('orders', 'products', 'variants', 'users', 'roles', 'slug', 'email')
        .chain(ref),
      fc.uuid(),
    ),
  );
  const raw = fc.constantFrom(...strangeSegments).map((bytes) => ({ raw: bytes }));
  return manner === 'hostile'
    ? fc.oneof(own, raw)
    : fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: others });
}

function queries({ operation }: NamedOperation, manner: Manner) {
  const known = (operation.parameters ?? []).filter(({ in: place }) => place === 'query');
  const strange = fc.oneof(
    fc.constantFrom(...hostileTexts.filter((text) => text.isWellFormed())),
    fc.string({ unit: 'binary' }),
  );
  const pairs = known.map(({ name, schema = {}, required }) => {
    const value =
      manner === 'hostile' ? fc.oneof(valid(schema, name), strange) : valid(schema, name);
    const pair = value.map((found) => [[name, found] as const]);
    return required && manner === 'valid'
      ? pair
      : fc.oneof(pair, fc.constant<readonly (readonly [string, unknown])[]>([]));
  });
  const one = fc.tuple(
    fc.constantFrom(...strangeNames, ...known.map(({ name }) => name)),
    strange as fc.Arbitrary<unknown>,
  );
  const more = manner === 'valid' ? 0 : manner === 'hostile' ? 2 : 1;
  return fc
    .tuple(fc.tuple(...pairs), fc.oneof(fc.constant([]), fc.array(one, { maxLength: more })))
    .map(([found, added]) => [...found.flat(), ...added]);
}

function headers({ operation }: NamedOperation, manner: Manner) {
  const keyed = (operation.parameters ?? []).some(({ in: place }) => place === 'header');
  const own: fc.Arbitrary<Record<string, string>> = keyed
    ? fc.oneof(
        fc.constant({}),
        // Few, so that they meet again.
        fc.nat(12).map((nth) => ({ 'idempotency-key': `key-${nth}` })),
      )
    : fc.constant({});
  if (manner !== 'hostile') return own;
  const strange = fc
    .array(fc.constantFrom(...strangeHeaders), { maxLength: 2 })
    .map((pairs) => Object.fromEntries(pairs));
  return fc.tuple(own, strange).map((both) => Object.assign({}, ...both) as Record<string, string>);
}

function bodies(named: NamedOperation, manner: Manner): fc.Arbitrary<Body> {
  const special = specialBodies[named.name];
  if (special !== undefined) return special(manner);
  const kind = named.operation.requestBody?.content['application/json'];
  const schema = kind?.schema as Schema | undefined;
  const json = (made: fc.Arbitrary<unknown>) => made.map((found) => ({ json: found }));
  const raw = fc
    .tuple(
      fc.constantFrom(...brokenBodies),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom(...strangeTypes, null) },
      ),
    )
    .map(([text, type]) => ({ raw: text, type }));
  if (schema === undefined)
    return manner === 'hostile' ? fc.oneof(fc.constant(null), raw) : fc.constant(null);
  const examples = [
    kind?.example,
    ...Object.values(kind?.examples ?? {}).map(({ value }) => value),
  ];
  const known = examples.filter((example) => example !== undefined);
  const good = known.length === 0 ? valid(schema) : sometimes(valid(schema), known);
  if (manner === 'valid') return json(good);
  if (manner === 'nearly valid') return json(nearly(good));
  return fc.oneof(json(hostileObject(schema)), json(nearly(good)), raw);
}
