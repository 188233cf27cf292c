import { ApiError, noSuch } from './api-error.ts';
import type { Params } from './params.ts';

interface Listed {
  readonly id: string;
  readonly created?: number;
}

interface Range {
  readonly gt: number;
  readonly gte: number;
  readonly lt: number;
  readonly lte: number;
}

/**
 * A page of a list, newest first, as `limit` (1–100, 10), `starting_after`, `ending_before` and
 * `created` of the request say.
 * @throws ApiError 404 for a cursor that names nothing, 400 for a bad limit.
 */
export function listPage<T extends Listed>(url: string, rows: Iterable<T>, params: Params): object {
  const range = createdRange(params);
  return listInOrder(
    url,
    [...rows].filter((row) => within(row.created ?? 0, range)).reverse(),
    params,
  );
}

/** A page of a list that keeps the order of its rows, such as a session's lines. */
export function listInOrder<T extends Listed>(
  url: string,
  rows: readonly T[],
  params: Params,
): object {
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw new ApiError('Invalid limit: must be from 1 to 100', { param: 'limit' });
  }
  const after = cursor(rows, params, 'starting_after');
  const before = cursor(rows, params, 'ending_before');
  const candidates =
    before === null ? rows.slice(after === null ? 0 : after + 1) : rows.slice(0, before);
  const data = before === null ? candidates.slice(0, limit) : candidates.slice(-limit);
  return { object: 'list', url, has_more: candidates.length > data.length, data };
}

function cursor(rows: readonly Listed[], params: Params, name: string): number | null {
  const id = params.text(name);
  if (id === null) return null;
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) throw noSuch('object', id, name);
  return index;
}

function createdRange(params: Params): Range {
  const everything = { gt: -Infinity, gte: -Infinity, lt: Infinity, lte: Infinity };
  if (!params.hasObject('created')) {
    const exact = params.integer('created');
    return exact === null ? everything : { ...everything, gte: exact, lte: exact };
  }
  const bounds = params.nested('created');
  return {
    gt: bounds?.integer('gt') ?? everything.gt,
    gte: bounds?.integer('gte') ?? everything.gte,
    lt: bounds?.integer('lt') ?? everything.lt,
    lte: bounds?.integer('lte') ?? everything.lte,
  };
}

function within(created: number, range: Range): boolean {
  return created > range.gt && created >= range.gte && created < range.lt && created <= range.lte;
}
