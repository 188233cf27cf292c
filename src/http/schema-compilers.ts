import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
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
  const firstOfBodies = withFormats(new Ajv({ ...options, coerceTypes: false, allErrors: false }));
  const validators: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }) => {
    const isBody = httpPart === 'body';
    const all = when(() => (isBody ? bodies : texts).compile(schema as object));
    const first = isBody ? when(() => firstOfBodies.compile(schema as object)) : all;
    return (data) => {
      const found = errorsOf(first(), data);
      if (found.length === 0) return true;
      // A list that is too long may be wrong in each of its places too, and nobody else would be answered meanwhile.
      const isEnough = !isBody || found[0]?.keyword === 'maxItems';
      return { error: isEnough ? found : errorsOf(all(), data) };
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

/** What a validator finds wrong, as much as is told; it would keep the rest until it is asked again. */
function errorsOf(validate: ValidateFunction, data: unknown): ErrorObject[] {
  if (validate(data)) return [];
  const errors = validate.errors?.slice(0, MOST_ERRORS) ?? [];
  validate.errors = null;
  return errors;
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
