import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps small secrets that must be read again, so that a copy of the database alone tells none. */
export interface Sealer {
  /** `about` binds the result to where it belongs: moved to another row it does not open. */
  seal(plain: Buffer, about: string): Buffer;
  /** @throws Error for what was altered, moved, or sealed with a key that is not given any more. */
  open(sealed: Buffer, about: string): Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
/** The first byte says how the rest is kept. */
const [PLAIN, SEALED] = [0, 1];

/**
 * AES-256-GCM under a key derived (HKDF, RFC 5869) from the first of the shop's sealing keys; the others still open.
 * Without any the values are kept as they are, and still open once there is a key.
 */
export function createSealer(keys: readonly string[]): Sealer {
  const derived = keys.map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', 'mainstay sealed values', 32)),
  );
  const [current] = derived;
  return {
    seal(plain, about) {
      if (current === undefined) return Buffer.concat([Buffer.of(PLAIN), plain]);
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, current, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(SEALED), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, about) {
      const rest = sealed.subarray(1);
      if (sealed[0] === PLAIN) return rest;
      for (const key of derived) {
        const plain = tryOpen(key, rest, about);
        if (plain !== null) return plain;
      }
      throw new Error(
        'a sealed value does not open: is the key it was sealed with in SEALING_KEY?',
      );
    },
  };
}

function tryOpen(key: Buffer, sealed: Buffer, about: string): Buffer | null {
  const nonce = sealed.subarray(0, NONCE);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  } catch {
    return null;
  }
}
