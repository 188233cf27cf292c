import { ApiError } from './api-error.ts';
import type { TableName, Tables } from './tables.ts';

const MAX_DEPTH = 4;

const TABLE_OF_PREFIX: Readonly<Record<string, Exclude<TableName, 'checkouts'>>> = {
  pi: 'paymentIntents',
  pm: 'paymentMethods',
  ch: 'charges',
  re: 'refunds',
  txn: 'balanceTransactions',
};

/** Fields that an object shows only where asked for. */
const EXTRA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'checkout.session': ['line_items'],
};

type JsonObject = Record<string, unknown>;

/** Finds a row: in the store, or as an unfinished transaction leaves it. */
export type LookUp = <Name extends TableName>(table: Name, id: string) => Tables[Name] | undefined;

/**
 * A copy of an object in which the named fields hold objects instead of ids (`payment_intent`,
 * `payment_intent.latest_charge`, `data.payment_intent` for lists).
 * @throws ApiError 400 for a field that cannot be expanded.
 */
export function expand(get: LookUp, object: object, paths: readonly string[]): object {
  let result = object;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > MAX_DEPTH) {
      throw new ApiError('You cannot expand more than 4 levels of a property', { param: 'expand' });
    }
    result = expandPath(get, result, steps, path);
  }
  return result;
}

function expandPath(get: LookUp, object: object, steps: readonly string[], path: string): object {
  const [step, ...rest] = steps;
  if (step === undefined) return object;
  const fields = object as JsonObject;
  const value = fields[step] ?? extra(get, fields, step);
  if (value === undefined) throw cannotExpand(path);
  if (Array.isArray(value)) {
    return { ...object, [step]: value.map((item) => expandPath(get, item, rest, path)) };
  }
  const target = typeof value === 'string' ? lookUp(get, value) : value;
  if (target === null) return object;
  if (typeof target !== 'object') throw cannotExpand(path);
  return { ...object, [step]: expandPath(get, target, rest, path) };
}

function lookUp(get: LookUp, id: string): unknown {
  const table = TABLE_OF_PREFIX[id.split('_')[0] ?? ''];
  return table === undefined ? undefined : get(table, id);
}

function extra(get: LookUp, fields: JsonObject, step: string): unknown {
  if (!EXTRA_FIELDS[String(fields.object)]?.includes(step)) return fields[step];
  const id = String(fields.id);
  return {
    object: 'list',
    data: get('checkouts', id)?.lineItems ?? [],
    has_more: false,
    url: `/v1/checkout/sessions/${id}/line_items`,
  };
}

function cannotExpand(path: string): ApiError {
  return new ApiError(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
