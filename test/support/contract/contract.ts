import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Document, type NamedOperation, operationFinder } from './document.ts';
import { innardsIn } from './innards.ts';

/** A response as it is judged. */
export interface Exchange {
  readonly method: string;
  /** With or without its query. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  /** Null for what is not looked into: streams and bytes. */
  readonly body: string | null;
}

/** Says what is wrong with a response, or null. */
export type Contract = (exchange: Exchange) => string | null;

/**
 * What every operation may answer, as `default` says, and none promises: the edge's refusals, also of a query
 * or a body that nobody asked for, and our own failure.
 */
const UNPROMISED = [400, 408, 413, 414, 415, 431, 500];

/** The console shows the database's running and slow statements there, without their values: that is what it is for. */
const SHOWS_STATEMENTS = '/admin/operations';

const PROGRAMS = /^\/(api|health|metrics|api-docs\/json)(\/|$)/;

/**
 * Judges responses by an OpenAPI document: the status is one that the operation declares, the content type too, the
 * body is as its schema says. What the document does not know must be refused as a problem, or be a page.
 */
export function createContract(document: Document): Contract {
  const find = operationFinder(document);
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  const validators = new Map<object, ValidateFunction>();

  return (exchange) => {
    const { method, status, body } = exchange;
    const path = exchange.url.split('?', 1)[0] ?? '';
    const innards = body === null || path === SHOWS_STATEMENTS ? null : innardsIn(body);
    const operation = find(method, path);
    const complaint =
      innards ??
      (operation
        ? complaintOf(operation, exchange)
        : PROGRAMS.test(path)
          ? complaintOfRefusal(exchange)
          : complaintOfPage(exchange));
    if (complaint === null) return null;
    return `${operation?.name ?? `${method} ${path}`} answered ${status}: ${complaint}`;
  };

  function complaintOf({ operation }: NamedOperation, exchange: Exchange): string | null {
    const { status, contentType, body, method } = exchange;
    // A cache's answer: what it is about was told before.
    if (status === 304) return null;
    const declared =
      operation.responses[status] ??
      (UNPROMISED.includes(status) ? operation.responses.default : undefined);
    if (!declared) return 'the document does not declare this status';
    const mediaTypes = Object.keys(declared.content ?? {});
    if (mediaTypes.length === 0) return body ? `there should be no body: ${excerpt(body)}` : null;
    const mediaType = mediaTypes.find((type) => type === withoutParameters(contentType));
    if (!mediaType) return `the content type is "${contentType}", not ${mediaTypes.join(' or ')}`;
    if (body === null || method === 'HEAD') return null;
    const schema = declared.content?.[mediaType]?.schema;
    if (!schema || !mediaType.endsWith('json')) return null;
    return complaintOfJson(schema, exchange) ?? complaintOfProblem(mediaType, exchange);
  }

  function complaintOfJson(schema: object, { body }: Exchange): string | null {
    const value = parse(body ?? '');
    if (value === undefined) return `the body is not JSON: ${excerpt(body)}`;
    const validate = validators.get(schema) ?? ajv.compile(schema);
    validators.set(schema, validate);
    if (validate(value)) return null;
    return `${ajv.errorsText(validate.errors, { dataVar: 'body' })}: ${excerpt(body)}`;
  }
}

/** A problem says the status it comes with, and names its type by its code. */
function complaintOfProblem(mediaType: string, { status, body }: Exchange): string | null {
  if (mediaType !== 'application/problem+json') return null;
  const problem = parse(body ?? '') as { status?: unknown; code?: unknown; type?: unknown } | null;
  if (problem?.status !== status) return `the problem speaks of ${problem?.status}`;
  const type = `urn:mainstay:problem:${String(problem.code).replaceAll('_', '-')}`;
  return problem.type === type ? null : `the problem’s type is ${problem.type}, not ${type}`;
}

/** For programs, an address that is not in the document is refused, as a problem. */
function complaintOfRefusal(exchange: Exchange): string | null {
  const { status, contentType, method } = exchange;
  if (method === 'OPTIONS' || (status < 400 && exchange.url.startsWith('/api-docs'))) return null;
  if (status < 400) return 'the document does not know this operation';
  if (withoutParameters(contentType) !== 'application/problem+json')
    return `a refusal of the content type "${contentType}"`;
  if (method === 'HEAD') return null;
  return complaintOfProblem('application/problem+json', exchange);
}

/** A page is HTML where it says anything; its refusals are pages too, or problems for who wants no page. */
function complaintOfPage({ status, contentType, body }: Exchange): string | null {
  const type = withoutParameters(contentType);
  if (type === 'text/html' && !/charset=utf-8/i.test(contentType)) return 'HTML of no charset';
  if (status >= 400 && !['text/html', 'application/problem+json'].includes(type))
    return `a refusal of the content type "${contentType}"`;
  if (status < 300 && body && type === '') return 'a body of no content type';
  return null;
}

function withoutParameters(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(body: string | null): string {
  return (body ?? '').slice(0, 600);
}
