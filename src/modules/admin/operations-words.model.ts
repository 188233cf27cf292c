import type { Part } from './operations.model.ts';

/** How a part does whose oldest work has waited for so many seconds. */
export function lateness(seconds: number, limits: { warn: number; bad: number }): Part['state'] {
  if (seconds > limits.bad) return 'bad';
  return seconds > limits.warn ? 'warn' : 'ok';
}

/** `1 job`, `2 jobs` */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `42 s`, `5 min`, `3 h`, `2 days` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
