import fc from 'fast-check';
import { PASSWORD } from '../staff/support.ts';
import { hostileTexts } from './hostile.ts';
import { kindNamed, ref } from './knowledge.ts';

/** What the document's schemas are made of. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly examples?: readonly unknown[];
}

const KNOWN = new Set([
  ...[
    'type',
    'enum',
    'const',
    'anyOf',
    'format',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
  ],
  ...['items', 'minItems', 'maxItems', 'uniqueItems', 'properties', 'required', 'propertyNames'],
  'patternProperties',
  ...[
    'additionalProperties',
    'minProperties',
    'maxProperties',
    'examples',
    'description',
    'default',
  ],
  'title',
]);
/** What names mean beyond what a schema says: values that get further than any text. */
const USUAL: Readonly<Record<string, readonly unknown[]>> = {
  currency: ['USD', 'USD', 'EUR', 'JPY', 'KWD', 'XXX'],
  country: ['GB', 'US'],
  password: [PASSWORD],
  currentPassword: [PASSWORD],
  newPassword: [PASSWORD],
  url: ['https://erp.example/hooks', 'http://127.0.0.1:9/'],
};
/** Longer lists and texts are for the mutations: what is long is slow and says little. */
const SOME = 4;
const SHORT = 40;

/**
 * Values that a schema takes; `name` is that of the property or parameter, about which earlier answers may have told.
 * @throws Error for a keyword that nothing here makes values for, so that none is overlooked.
 */
export function valid(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown !== undefined) throw new Error(`the fuzzer makes no values for "${unknown}"`);
  const made = anyValid(schema, name);
  const usual = schema.type === 'string' ? (USUAL[name] ?? []) : [];
  const known = [...(schema.examples ?? []), ...usual];
  return known.length === 0 ? made : sometimes(made, known, name);
}

/** Values as they are made, and quite often those that are known to be good. */
export function sometimes(
  made: fc.Arbitrary<unknown>,
  known: readonly unknown[],
  name = '',
): fc.Arbitrary<unknown> {
  const examples = fc.tuple(fc.constantFrom(...known), fc.nat(1000));
  return fc.oneof(
    { weight: 3, arbitrary: made },
    { weight: 2, arbitrary: examples.map(([value, nth]) => withRefs(value, nth, name)) },
  );
}

/** An example, with things that there are in place of its ids. */
function withRefs(value: unknown, nth: number, name: string): unknown {
  if (typeof value === 'string')
    return /^[\da-f]{8}-[\da-f-]{27}$/.test(value)
      ? `ref:${kindNamed(name)}:${nth}:${value}`
      : value;
  if (Array.isArray(value)) return value.map((item) => withRefs(item, nth, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withRefs(item, nth, key)]);
  return Object.fromEntries(entries);
}

function anyValid(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((choice) => valid(choice, name)));
  switch (schema.type) {
    case 'string':
      return texts(schema, name);
    case 'integer':
      return integers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema, name);
    case 'object':
      return objects(schema);
    default:
      throw new Error(`the fuzzer makes no values of ${JSON.stringify(schema)}`);
  }
}

function integers({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: minimum, max: Math.min(minimum + 20, maximum) }) },
    { weight: 1, arbitrary: fc.integer({ min: minimum, max: maximum }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
  );
}

function lists({ items = {}, minItems = 0, maxItems = SOME, uniqueItems }: Schema, name: string) {
  const item = valid(items, name);
  const made = (most: number) => {
    const size = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, most)) };
    return uniqueItems ? fc.uniqueArray(item, size) : fc.array(item, size);
  };
  // One of them gets further than many, each of which has to fit.
  return fc.oneof(made(1), made(SOME));
}

/** What an object's own properties are called and hold, where it may have any. */
export function freeProperties(schema: Schema): { names: Schema; values: Schema } | undefined {
  const { additionalProperties, propertyNames, patternProperties = {} } = schema;
  if (typeof additionalProperties === 'object')
    return { names: propertyNames ?? { type: 'string' }, values: additionalProperties };
  const [found] = Object.entries(patternProperties);
  return found && { names: { type: 'string', pattern: found[0] }, values: found[1] };
}

function objects(schema: Schema): fc.Arbitrary<unknown> {
  const { properties, required = [] } = schema;
  const { minProperties = 0, maxProperties = SOME } = schema;
  const free = freeProperties(schema);
  if (properties === undefined && free !== undefined)
    return fc.dictionary(valid(free.names) as fc.Arbitrary<string>, valid(free.values), {
      minKeys: minProperties,
      maxKeys: maxProperties,
    });
  const made = Object.entries(properties ?? {}).map(
    ([key, value]) => [key, valid(value, key)] as const,
  );
  const record = (entries: typeof made) =>
    fc.record<Record<string, unknown>>(Object.fromEntries(entries), {
      requiredKeys: [...required],
      noNullPrototype: true,
    });
  const optional = made.filter(([key]) => !required.includes(key));
  const needed = made.filter(([key]) => required.includes(key));
  // Many fields of many objects fit only without certain others: few of them get further than half of them.
  const few = optional.map((one) => record([...needed, one]));
  return fc
    .oneof(record(made), ...few)
    .filter((value) => Object.keys(value).length >= minProperties);
}

const BEGIN = new Date('2020-01-01T00:00:00Z');
const END = new Date('2035-01-01T00:00:00Z');
const moments = fc.date({ min: BEGIN, max: END, noInvalidDate: true });
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.emailAddress({ size: 'small' }),
  date: moments.map((moment) => moment.toISOString().slice(0, 10)),
  'date-time': fc.oneof(
    moments.map((moment) => moment.toISOString()),
    ref('soon'),
  ),
};

function texts(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { minLength = 0, maxLength = SHORT, format, pattern } = schema;
  const fits = (text: string) => {
    const length = [...text].length;
    if (length < minLength || length > maxLength) return false;
    return pattern === undefined || new RegExp(pattern, 'u').test(text);
  };
  const made = (format === undefined ? plain(schema) : formatted(format)).filter(fits);
  const told = { weight: 3, arbitrary: ref(kindNamed(name), made) };
  if (format !== undefined)
    return fc.oneof({ weight: format === 'uuid' ? 1 : 3, arbitrary: made }, told);
  const hostile = hostileTexts.filter((text) => text.isWellFormed() && !text.includes('\0'));
  const fitting = hostile.filter(fits);
  return fc.oneof(
    { weight: 4, arbitrary: made },
    ...(name === '' ? [] : [told]),
    ...(fitting.length === 0 ? [] : [{ weight: 2, arbitrary: fc.constantFrom(...fitting) }]),
  );
}

function formatted(format: string): fc.Arbitrary<string> {
  const made = formats[format];
  if (made === undefined) throw new Error(`the fuzzer makes no texts of the format "${format}"`);
  return made;
}

function plain(schema: Schema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = SHORT, pattern } = schema;
  const longest = Math.max(minLength, Math.min(maxLength, SHORT));
  if (pattern === undefined)
    return fc.oneof(
      fc.string({ minLength, maxLength: longest }),
      fc.string({ minLength, maxLength: longest, unit: 'binary' }),
      // To the brim.
      fc.constant('y'.repeat(Math.min(maxLength, 3000))),
    );
  // Those with a look-ahead are addresses, which it cannot make.
  if (pattern.includes('(?!')) return fc.oneof(fc.webUrl({ size: 'small' }), fc.webPath());
  return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: schema.maxLength ?? 300 });
}
