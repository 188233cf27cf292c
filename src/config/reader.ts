import { readFileSync } from 'node:fs';
import { serversProblem } from '../shared/database-servers.ts';
import { type Environment, type Fetched, NOTHING_FETCHED } from './environment.ts';
import type { Variable } from './variables.ts';

/** The forms that a variable may come in, by what is added to its name. */
const FORMS = ['', '_FILE', '_VAULT', '_AWS'] as const;

/**
 * Reads variables by kind, each as NAME, from the file that NAME_FILE names, or as it was fetched where NAME_VAULT or
 * NAME_AWS says that a manager has it, and adds what is wrong with them to `problems`. A malformed one gives its
 * fallback, so that all problems are found at once.
 */
export function reader(env: Environment, problems: string[], fetched: Fetched = NOTHING_FETCHED) {
  problems.push(...fetched.problems);
  const formsOf = (name: Variable): string[] =>
    FORMS.map((form) => `${name}${form}`).filter((form) => env[form]);
  const text = (name: Variable): string | null => {
    const direct = env[name];
    const path = env[`${name}_FILE`];
    const forms = formsOf(name);
    if (forms.length > 1) problems.push(`${forms.join(' and ')} are both set: set one of them`);
    if (direct) return direct;
    if (env[`${name}_VAULT`] || env[`${name}_AWS`]) return fetched.values.get(name) ?? null;
    if (!path) return null;
    try {
      const content = readFileSync(path, 'utf8').trim();
      if (content === '') problems.push(`${name}_FILE is empty: ${path}`);
      return content === '' ? null : content;
    } catch (error) {
      problems.push(
        `${name}_FILE cannot be read: ${error instanceof Error ? error.message : path}`,
      );
      return null;
    }
  };
  /** The address without blanks around it: whoever reads it next may not forgive them as URL does. */
  const checkUrl = (name: Variable, value: string, protocols: readonly string[]): string => {
    // The value itself may hold a password, so it is never repeated in the message.
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      problems.push(
        `${name} is malformed: a URL beginning with ${protocols.join('// or ')}// is needed`,
      );
    return value.trim();
  };
  /** Values with commas between them. What is set and holds none was meant to hold one: no default stands in for it. */
  const list = (name: Variable): string[] => {
    const value = text(name);
    const values = (value ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (value !== null && values.length === 0)
      problems.push(`${name} is malformed: there is nothing in it but blanks and commas`);
    return values;
  };
  return {
    /** Whether a variable is set in any form; what is wrong with it is told by whoever reads it. */
    isSet: (name: Variable): boolean => formsOf(name).length > 0,
    text,
    list,
    url(name: Variable, protocols: readonly string[]): string | null {
      const value = text(name);
      return value === null ? null : checkUrl(name, value, protocols);
    },
    /** The address of a database, which may name several servers. */
    database(name: Variable): string | null {
      const value = text(name)?.trim() ?? null;
      const problem = value === null ? null : serversProblem(value);
      if (problem !== null) problems.push(`${name} is malformed: ${problem}`);
      return value;
    },
    urls(name: Variable, protocols: readonly string[]): string[] {
      return list(name).map((value) => checkUrl(name, value, protocols));
    },
    integer(name: Variable, fallback: number, minimum: number, maximum: number): number {
      const value = text(name);
      if (value === null) return fallback;
      const number = Number(value);
      if (/^\d+$/.test(value) && number >= minimum && number <= maximum) return number;
      problems.push(`${name} is malformed: a whole number from ${minimum} to ${maximum} is needed`);
      return fallback;
    },
    /** A port to listen on, where one is given. */
    port(name: Variable): number | null {
      return text(name) === null ? null : this.integer(name, 0, 0, 65535);
    },
    /** A share from 0 to 1. */
    share(name: Variable, fallback: number): number {
      const value = text(name);
      if (value === null) return fallback;
      const number = Number(value);
      if (/^\d*\.?\d+$/.test(value) && number <= 1) return number;
      problems.push(`${name} is malformed: a share from 0 to 1 is needed`);
      return fallback;
    },
    oneOf<const T extends string>(name: Variable, allowed: readonly T[], fallback: T): T {
      const value = text(name);
      if (value === null) return fallback;
      const found = allowed.find((candidate) => candidate === value.toLowerCase());
      if (found === undefined)
        problems.push(`${name} is malformed: use one of ${allowed.join(', ')}`);
      return found ?? fallback;
    },
  };
}

/** Whether production is meant, in any form and spelling that the shop itself takes for it. */
export function isProduction(env: Environment, fetched?: Fetched): boolean {
  return reader(env, [], fetched).text('NODE_ENV')?.trim().toLowerCase() === 'production';
}
