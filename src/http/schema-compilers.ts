import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';
import fastJsonStringify from 'fast-json-stringify';
import type {
  FastifySchema,
  FastifySchemaCompiler,
  FastifySerializerCompiler,
  FastifyServerOptions,
} from 'fastify';
import { atFirstUse } from '../shared/first-use.ts';
import { isId } from '../shared/ids.ts';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;

/** How much of what is wrong is told: a small body can be wrong in more places than an answer can hold. */
const MOST_ERRORS = 100;

/**
 * How the schemas of routes become code, each when a request first meets it: all of them are a fifth of a start, and
 * memory for what many a process never answers. JSON bodies are checked as sent (no coercion, unknown fields refused);
 * only what comes as text by nature (query, path, headers) is coerced.
 */
export function schemaCompilers(when = atFirstUse): SchemaController {
  const options: Options = { allErrors: true, removeAdditional: false, useDefaults: true };
  const bodies = withFormats(new Ajv({ ...options, coerceTypes: false }));
  // A text such as 1e309 is coerced to Infinity, which only then meets a schema's minimum and maximum.
  const texts = withFormats(new Ajv({ ...options, coerceTypes: 'array', strictNumbers: false }));
  const validators: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }) => {
    const isBody = httpPart === 'body';
    const compiled = when(() =>
      isBody ? bodies.compile(withinLimits(schema) as object) : texts.compile(schema as object),
    );
    return (data) => {
      const validate = compiled();
      if (validate(data)) return true;
      // What else is wrong it would keep until it is asked again.
      const found = validate.errors?.splice(0) ?? [];
      return { error: found.filter(({ keyword }) => keyword !== 'if').slice(0, MOST_ERRORS) };
    };
  };
  const serialisers: FastifySerializerCompiler<FastifySchema> = ({ schema }) => {
    const serialiser = when(() => fastJsonStringify(schema as object));
    return (document) => serialiser()(document);
  };
  const compilersFactory = { buildValidator: () => validators, buildSerializer: () => serialisers };
  // Fastify's type asks for all that Ajv's own function has.
  return { compilersFactory } as unknown as SchemaController;
}

/** As the schema, but looking into a list only where it is not too long: nobody else would be answered meanwhile. */
function withinLimits(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withinLimits);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, withinLimits(value)]);
  const guarded = Object.fromEntries(entries);
  const { items, uniqueItems = false, ...rest } = guarded;
  if (typeof rest.maxItems !== 'number') return guarded;
  return { ...rest, if: { minItems: rest.maxItems + 1 }, else: { items, uniqueItems } };
}

/** The formats of JSON Schema, but for what PostgreSQL takes for none: `urn:uuid:…`, the year 0, a leap second. */
function withFormats(ajv: Ajv): Ajv {
  addFormats.default(ajv);
  const narrow = (name: string, isTaken: (text: string) => boolean): void => {
    const { validate } = ajv.formats[name] as { validate: (text: string) => boolean };
    ajv.addFormat(name, (text) => validate(text) && isTaken(text));
  };
  ajv.addFormat('uuid', isId);
  narrow('date', (text) => !text.startsWith('0000'));
  narrow('date-time', (text) => !text.startsWith('0000') && !Number.isNaN(Date.parse(text)));
  return ajv;
}
