import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createContract } from '../support/contract/contract.ts';
import type { Document, NamedOperation } from '../support/contract/document.ts';
import type { Change } from './changes.ts';
import type { WireAnswer, WireRequest } from './client.ts';
import { isFor, type Principal } from './principals.ts';

/** Something that must not be. */
export interface Finding {
  readonly check: string;
  readonly operation: string;
  readonly detail: string;
}

interface Exchange {
  readonly operation: NamedOperation;
  readonly principal: Principal;
  readonly request: WireRequest;
  readonly answer: WireAnswer;
  readonly changes: readonly Change[];
}

/** Refusals that change something besides what every request may (changes.ts), on purpose. */
const CHANGING_REFUSALS: Readonly<Record<string, { tables: readonly string[]; why: string }>> = {
  'POST /api/auth/refresh 401': {
    tables: ['sessions', 'refresh_tokens'],
    why: 'a refresh token that comes twice ends its session: one of the two was stolen',
  },
};

/** Reading that changes something, on purpose. */
const CHANGING_READS: Readonly<Record<string, { tables: readonly string[]; why: string }>> = {};

type Check = (exchange: Exchange) => string | null;

/** Judges what came of requests. */
export function createChecks(document: Document): (exchange: Exchange) => Finding[] {
  const judge = createContract(document);
  const forbids = createForbids();
  const checks: Readonly<Record<string, Check>> = {
    'an answer': ({ request, answer }) =>
      answer.status > 0 || (request.body?.length ?? 0) > 200_000 ? null : (answer.error ?? 'none'),
    'no failure of ours': ({ answer }) =>
      answer.status >= 500 ? `${answer.status} ${answer.text.slice(0, 400)}` : null,
    contract: ({ request, answer }) =>
      answer.status === 0
        ? null
        : judge({
            ...{ method: request.method, url: request.url, status: answer.status },
            contentType: String(answer.headers['content-type'] ?? ''),
            body: answer.text,
          }),
    problem: ({ answer }) => complaintOfProblem(answer),
    'nothing changed': complaintOfChanges,
    'the document’s word': ({ operation, request, answer }) =>
      answer.status >= 200 && answer.status < 300 ? forbids(operation, request) : null,
    access: ({ operation, principal, answer }) =>
      isFor(principal, operation.operation['x-access']) === false && answer.status < 400
        ? `${principal.name} was let in: ${answer.status}`
        : null,
    privacy: ({ principal, request, answer }) => {
      const asked = `${request.url} ${request.body ?? ''}`;
      const told = principal.mustNotRead.find(
        (mark) => answer.text.includes(mark) && !asked.includes(mark),
      );
      return told === undefined ? null : `${principal.name} was told “${told}”`;
    },
    headers: ({ answer }) =>
      'x-injected' in answer.headers ? 'a header of the request’s making' : null,
  };
  return (exchange) =>
    Object.entries(checks).flatMap(([check, look]) => {
      const detail = look(exchange);
      return detail === null ? [] : [{ check, operation: exchange.operation.name, detail }];
    });
}

function complaintOfProblem({ status, headers, text }: WireAnswer): string | null {
  if (status < 400) return null;
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('application/problem+json')) return `${status} as ${type}`;
  const problem = JSON.parse(text);
  const whole =
    problem.status === status && problem.code && problem.detail && problem.correlationId;
  return whole ? null : `${status} with ${text.slice(0, 200)}`;
}

function complaintOfChanges({ operation, request, answer, changes }: Exchange): string | null {
  const refused = answer.status >= 400;
  if (!refused && request.method !== 'GET') return null;
  const excuse = refused
    ? CHANGING_REFUSALS[`${operation.name} ${answer.status}`]
    : CHANGING_READS[operation.name];
  const found = changes.filter(({ table }) => !excuse?.tables.includes(table));
  if (found.length === 0) return null;
  return `${answer.status}, but: ${found.map(({ act, table }) => `${act} ${table}`).join(', ')}`;
}

/** Says what of a request's body the document forbids; null where it is as it should be. */
function createForbids() {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const validators = new Map<object, ValidateFunction>();
  return ({ operation }: NamedOperation, { body }: WireRequest): string | null => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (schema === undefined) return null;
    const validate = validators.get(schema) ?? ajv.compile(schema);
    validators.set(schema, validate);
    const value = parsed(body);
    if (validate(value)) return null;
    return `taken, though ${ajv.errorsText(validate.errors)}: ${body?.slice(0, 300)}`;
  };
}

/** A byte order mark may stand before JSON (RFC 8259, 8.1); undefined for what is none. */
function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse((body ?? '').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
