import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
} from 'node:crypto';

/** A key of JWT_SECRET. Which algorithm it is for follows from what it is, never from what a token says. */
export interface SigningKey {
  /** Names the key without telling it: a thumbprint of the public key (RFC 7638), or a MAC made with the secret. */
  readonly id: string;
  readonly algorithm: 'HS256' | 'EdDSA' | 'ES256';
  /** The secret, or the private key. */
  readonly signs: KeyObject;
  /** What verifies: the secret as well, or the public key. */
  readonly verifies: KeyObject;
  /** The public key as a JWK; null for a secret, which is never published. */
  readonly published: PublishedKey | null;
  /** A MAC of a text, for what the shop alone makes and checks. */
  mac(text: string): Buffer;
}

/** A public key as a JWK (RFC 7517). */
export interface PublishedKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

const FEWEST_CHARACTERS = 32;

/** The keys of JWT_SECRET, the newest first: parts between commas, where each could be a key; else it is one whole. */
export function keysIn(text: string | null): readonly string[] {
  if (text === null) return [];
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => keyProblem(part) === null) ? parts : [text];
}

/** What is wrong with a key, in words that do not repeat it, or null. */
export function keyProblem(text: string): string | null {
  if (!isPem(text)) return text.length < FEWEST_CHARACTERS ? TOO_SHORT : null;
  try {
    readPrivateKey(text);
    return null;
  } catch (error) {
    return error instanceof UnusableKey ? error.message : 'its private key cannot be read';
  }
}

const TOO_SHORT = `use at least ${FEWEST_CHARACTERS} random characters`;

class UnusableKey extends Error {}

/** A secret as it stands, or a private key in PEM: Ed25519, or ECDSA on P-256. */
export function signingKey(text: string): SigningKey {
  const mac = (of: string) => createHmac('sha256', text).update(of).digest();
  if (isPem(text)) return { ...readPrivateKey(text), mac };
  const secret = createSecretKey(Buffer.from(text));
  return {
    id: mac('id of a signing key').toString('base64url').slice(0, 22),
    algorithm: 'HS256',
    signs: secret,
    verifies: secret,
    published: null,
    mac,
  };
}

function isPem(text: string): boolean {
  return text.startsWith('-----BEGIN ');
}

function readPrivateKey(pem: string): Omit<SigningKey, 'mac'> {
  const signs = createPrivateKey(pem);
  const verifies = createPublicKey(signs);
  const { crv = '', kty = '', x = '', y } = verifies.export({ format: 'jwk' });
  const algorithm = { Ed25519: 'EdDSA', 'P-256': 'ES256' }[crv] as 'EdDSA' | 'ES256' | undefined;
  if (algorithm === undefined)
    throw new UnusableKey('a private key must be Ed25519, or ECDSA on P-256');
  // The members that RFC 7638 asks for, in its order.
  const essential = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  const id = createHash('sha256').update(JSON.stringify(essential)).digest('base64url');
  const published = { ...essential, kid: id, alg: algorithm, use: 'sig' as const };
  return { id, algorithm, signs, verifies, published };
}
