import { createHash, randomBytes } from 'node:crypto';

/** A new unguessable token of 256 bits, for a URL, a cookie or a body. */
export function newSecretToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret token. It has full entropy, so a plain SHA-256 cannot be searched. */
export function hashSecretToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
