import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { problemCodes } from '../../src/http/problems.ts';
import type { Document } from '../support/contract/document.ts';

type Json = Record<string, unknown>;

const HEADER = "// Made from the shop's OpenAPI document: npm run client:types\n";

/** The client's types, and the POSTs that take an idempotency key, of the shop's OpenAPI document. */
export async function clientTypes(document: Document): Promise<string> {
  const types = await openapiTS(withNames(document), {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  });
  const taking = Object.entries(document.paths)
    .filter(([, { post }]) => post?.parameters?.some(({ name }) => name === 'idempotency-key'))
    .map(([path]) => path);
  return `${HEADER}${astToString(types)}
/** The POSTs that are safe to repeat under an Idempotency-Key. */
export const idempotentPosts = ${JSON.stringify(taking)} as const;
`;
}

/** What the types call the schemas that a client handles most. The document has them where they are used. */
function namedSchemas({ paths }: Document): Record<string, Json> {
  const answer = (path: string, method: string, status: number, kind = 'application/json') =>
    paths[path]?.[method]?.responses[status]?.content?.[kind]?.schema as Json;
  const Product = answer('/api/products/{id}', 'get', 200);
  const Order = answer('/api/orders/{id}', 'get', 200);
  return {
    Problem: answer('/api/products/{id}', 'get', 404, 'application/problem+json'),
    Money: at(Product, 'price'),
    Variant: at(Product, 'variants').items as Json,
    Product,
    OrderItem: at(Order, 'items').items as Json,
    Order,
    Checkout: answer('/api/checkout', 'post', 201),
    Payment: answer('/api/payments/{id}', 'get', 200),
    Refund: answer('/api/orders/{id}/refunds', 'post', 201),
    Account: answer('/api/auth/register', 'post', 201),
  };
}

function at(schema: Json, property: string): Json {
  return (schema.properties as Record<string, Json>)[property] ?? {};
}

/** The document with those schemas, and the refusals of any route, as its components, and references to them. */
function withNames(document: Document): OpenAPI3 {
  const schemas = Object.entries(namedSchemas(document));
  const answers = {
    ...document.paths['/api/orders']?.post?.responses,
    ...document.paths['/api/orders/{id}']?.get?.responses,
  };
  const responses = Object.entries(answers)
    .filter(([, { content = {} }]) => 'application/problem+json' in content)
    .map(([status, response]) => [`Problem_${status}`, response] as const);
  const names = new Map([
    ...schemas.map(([name, schema]) => [JSON.stringify(schema), `schemas/${name}`] as const),
    ...responses.map(
      ([name, response]) => [JSON.stringify(response), `responses/${name}`] as const,
    ),
  ]);
  const refer = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(JSON.stringify(value));
    return name === undefined ? referInside(value) : { $ref: `#/components/${name}` };
  };
  const referInside = (value: object): object =>
    Array.isArray(value)
      ? value.map(refer)
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, refer(item)]));
  const inside = (entries: readonly (readonly [string, object])[]) =>
    Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        referInside(name === 'Problem' ? coded(value as Json) : value),
      ]),
    );
  const components = { schemas: inside(schemas), responses: inside(responses) };
  return { ...document, paths: refer(document.paths), components } as OpenAPI3;
}

/** Which codes there are is told once, for all answers. */
function coded(problem: Json): Json {
  const code = { type: 'string', enum: problemCodes };
  return { ...problem, properties: { ...(problem.properties as Json), code } };
}
