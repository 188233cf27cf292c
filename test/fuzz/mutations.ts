import fc from 'fast-check';
import { hostileTexts, strangeNames, strangeValues } from './hostile.ts';
import type { Schema } from './values.ts';

/** One thing that is wrong. */
type Change =
  | { readonly do: 'replace'; readonly by: unknown }
  | { readonly do: 'add'; readonly name: string; readonly value: unknown }
  | { readonly do: 'remove' | 'nest' | 'lengthen' | 'repeat' | 'negate' };

const texts = fc.constantFrom(...hostileTexts);
const values = fc.constantFrom(...strangeValues);
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.oneof(values, texts).map((by) => ({ do: 'replace' as const, by })),
  fc
    .tuple(fc.constantFrom(...strangeNames), fc.oneof(values, texts))
    .map(([name, value]) => ({ do: 'add' as const, name, value })),
  fc
    .constantFrom('remove', 'nest', 'lengthen', 'repeat', 'negate')
    .map((kind) => ({ do: kind }) as Change),
);

/** Values with one thing somewhere in them changed. The result may happen to be valid all the same. */
export function nearly(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(10_000), changes)
    .map(([value, at, change]) => changed(value, at, change));
}

/** Nothing that anybody would send: the schema's own names, with anything behind them. */
export function hostileObject({ properties = {} }: Schema): fc.Arbitrary<unknown> {
  const names = fc.constantFrom(...Object.keys(properties), ...strangeNames);
  const anything = fc.oneof(values, texts, fc.jsonValue({ maxDepth: 3 }));
  return fc.array(fc.tuple(names, anything), { maxLength: 6 }).map((entries) => {
    const made = {};
    for (const [name, value] of entries) put(made, name, value);
    return made;
  });
}

function changed(value: unknown, at: number, change: Change): unknown {
  const root = { value: structuredClone(value) };
  const places = placesIn(root);
  const [parent, key] = places[at % places.length] ?? [root, 'value'];
  const found = (parent as Record<string, unknown>)[key];
  switch (change.do) {
    case 'remove':
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else if (parent !== root) delete (parent as Record<string, unknown>)[key];
      break;
    case 'add':
      if (typeof found === 'object' && found !== null) put(found, change.name, change.value);
      else put(parent, key, change.value);
      break;
    default:
      put(parent, key, changedValue(found, change));
  }
  return root.value;
}

function changedValue(found: unknown, change: Change): unknown {
  if (change.do === 'replace') return change.by;
  if (change.do === 'nest') return [found];
  if (change.do === 'negate') return typeof found === 'number' ? -found - 1 : !found;
  if (typeof found === 'string')
    return found.repeat(change.do === 'repeat' ? 2 : 0) + 'x'.repeat(3000);
  if (typeof found === 'number') return found * 1e9 + 0.5;
  if (Array.isArray(found)) {
    const times = change.do === 'repeat' ? 2 : 200;
    return Array.from({ length: times }, () => structuredClone(found)).flat();
  }
  return [found, found];
}

/** Every place of a value where something can be wrong, the whole first. */
function placesIn(parent: object): (readonly [parent: object, key: string])[] {
  return Object.entries(parent).flatMap(([key, value]) => [
    [parent, key] as const,
    ...(typeof value === 'object' && value !== null ? placesIn(value) : []),
  ]);
}

/** Sets a property as JSON does, also one of the name `__proto__`. */
function put(parent: object, key: string, value: unknown): void {
  if (Array.isArray(parent) && !/^\d+$/.test(key)) {
    parent.push(value);
    return;
  }
  Object.defineProperty(parent, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
