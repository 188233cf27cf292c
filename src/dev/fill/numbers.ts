/** SQL that makes rows of their numbers: the same each time, and as unevenly as real ones are. */

/** An id with the shape and the order of a UUIDv7, made from a number: one every half a minute. */
export function idOf(n: string, kind: string): string {
  return idAt(`1700000000000 + (${n})::bigint * 30000`, kind, n);
}

/** The same for a moment in milliseconds. */
export function idAt(ms: string, kind: string, n: string): string {
  return `(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || lpad((${kind})::text, 3, '0') || '8000' || lpad(to_hex(${n}), 12, '0'))::uuid`;
}

/** From 0 to 1, the same for the same number and salt. */
export function random(n: string, salt: number): string {
  return `((hashint8extended(${n}, ${salt}) & 2147483647) / 2147483648.0::float8)`;
}

/** One of so many from 0 on, each as likely. */
export function any(n: string, salt: number, size: number): string {
  return `floor(${random(n, salt)} * ${size})::int`;
}

/** One of so many from 0 on; the first comes most often, ten times as often as the hundredth. */
export function rank(n: string, salt: number, size: number): string {
  return `floor(10 * power(${(size + 10) / 10}::float8, ${random(n, salt)}) - 10)::int`;
}

/** In minor units: from 3 to 1,500, most of them low. */
export function priceOf(n: string): string {
  return `floor(300 * power(500, ${random(n, 40)}))::bigint`;
}
