/** Names the kind of a failure for spans and notes: a code or a class, never its message, which may quote input. */
export function kindOfFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, reason, cause } = error as { code?: unknown; reason?: unknown; cause?: unknown };
  const own = [code, reason].find(
    (word) => typeof word === 'string' && /^[\w.-]{1,64}$/.test(word),
  );
  if (own !== undefined) return String(own);
  return cause instanceof Error && error.name === 'Error' ? kindOfFailure(cause) : error.name;
}
