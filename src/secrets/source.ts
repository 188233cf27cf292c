/** Where secrets are kept. */
export interface SecretSource {
  /**
   * What is kept under a path: fields by name, or one text.
   * @throws SourceError saying what is wrong, never what is kept.
   */
  read(path: string): Promise<Readonly<Record<string, unknown>> | string>;
}

/** A secret cannot be had; the message may be shown to the operator. */
export class SourceError extends Error {}

/**
 * One field of what was read. AWS keeps fields as a JSON text.
 * @throws SourceError where there is no such field, or nothing in it.
 */
export function fieldOf(
  kept: Readonly<Record<string, unknown>> | string,
  field: string | null,
): string {
  if (field === null) {
    if (typeof kept === 'string' && kept !== '') return kept;
    throw new SourceError('it has fields: name one, after a #');
  }
  const fields = typeof kept === 'string' ? parse(kept) : kept;
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new SourceError(`it has no text in its field ${field}`);
  if (value.trim() === '') throw new SourceError(`its field ${field} is empty`);
  return value.trim();
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // JSON.parse repeats the text in its message.
  }
  throw new SourceError('it is no JSON object, so it has no fields');
}
