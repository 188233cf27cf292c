/** What one look at the environment found. */
export interface Finding {
  readonly about: string;
  /** A warning keeps nothing from running. */
  readonly state: 'ok' | 'warning' | 'fault';
  /** What is there; never a secret. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

export const ok = (about: string, says: string): Finding => ({ about, state: 'ok', says });
export const warning = (about: string, says: string, todo: string): Finding => ({
  about,
  state: 'warning',
  says,
  todo,
});
export const fault = (about: string, says: string, todo: string): Finding => ({
  about,
  state: 'fault',
  says,
  todo,
});

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}
