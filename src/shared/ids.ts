import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes for many ids: to ask the system for those of one takes twice as long as the id itself. */
const random = Buffer.alloc(256 * BYTES);
let used = random.length;
let lastMs = 0;
let sequence = 0;

/** A new UUIDv7: ordered by creation time, so keyset pages and indexes follow it (RFC 9562). */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, used + BYTES);
  used += BYTES;
  const now = Date.now();
  // Those of one millisecond count on; half of the numbers stay free for that.
  sequence = now > lastMs ? bytes.readUInt32BE() >>> 1 : sequence + 1;
  lastMs = Math.max(now, lastMs);
  return v7({ random: bytes, msecs: lastMs, seq: sequence });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the shape of an id of ours. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
