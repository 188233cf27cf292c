import pg from 'pg';
import { vi } from 'vitest';

/**
 * Notes from now on in which statements of this process a word goes to PostgreSQL: as a part of their text, or as a
 * parameter. `stop` ends it.
 */
export function recordStatements(word: string) {
  const { query } = pg.Client.prototype;
  const statements = new Set<string>();
  const withParameter = new Set<string>();
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  spy.mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    const [statement, values] = given;
    const asked = typeof statement === 'string' ? { text: statement, values } : statement;
    const { text = '', values: parameters = [] } = asked as { text?: string; values?: unknown };
    if (text.includes(word)) statements.add(text);
    if (textOf(parameters).includes(word)) withParameter.add(text);
    return Reflect.apply(query, this, given);
  } as typeof query);
  return { statements, withParameter, stop: () => spy.mockRestore() };
}

function textOf(parameters: unknown): string {
  const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  return JSON.stringify(parameters, asText) ?? '';
}
