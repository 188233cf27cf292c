import { v7 } from 'uuid';

/** A new UUIDv7: ordered by creation time, so keyset pages and indexes follow it (RFC 9562). */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the shape of an id of ours. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
