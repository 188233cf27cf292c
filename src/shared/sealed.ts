import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps small secrets that must be read again, so that a copy of the database alone tells none. */
export interface Sealer {
  /** `about` binds the result to where it belongs: moved to another row it does not open. */
  seal(plain: Buffer, about: string): Buffer;
  /** @throws Error for what was altered, moved, or sealed with a secret that is not given any more. */
  open(sealed: Buffer, about: string): Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** AES-256-GCM under a key derived (HKDF, RFC 5869) from the shop's secret; the ones before it still open. */
export function createSealer(secrets: readonly [string, ...string[]]): Sealer {
  const [key, ...older] = secrets.map(keyFrom) as [Buffer, ...Buffer[]];
  return {
    seal(plain, about) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, about) {
      for (const candidate of [key, ...older]) {
        const plain = tryOpen(candidate, sealed, about);
        if (plain !== null) return plain;
      }
      throw new Error('A sealed value does not open: was the secret it was sealed with changed?');
    },
  };
}

function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'mainstay sealed values', 32));
}

function tryOpen(key: Buffer, sealed: Buffer, about: string): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  } catch {
    return null;
  }
}
