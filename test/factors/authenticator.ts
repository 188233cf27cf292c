import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

type Cbor = number | string | Buffer | Map<number | string, Cbor>;

/** As much of CBOR (RFC 8949) as passkeys speak: integers, texts, bytes, maps. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const PRESENT = 0x01;
const VERIFIED = 0x04;
const NEW_PASSKEY = 0x40;

/** What an attacker's browser or authenticator says instead of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** Whether it knows that its owner is there, and who they are. */
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly id?: string;
  readonly attestation?: Map<string, Cbor>;
}

interface Options {
  readonly challenge: string;
}

/** An authenticator with one ES256 passkey, and the browser before it, made by hand. */
export function createAuthenticator({ origin, rpId }: { origin: string; rpId: string }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const credentialId = randomBytes(24);
  let counter = 0;
  let userHandle = '';

  const coseKey = cbor(
    new Map<number, Cbor>([
      ...([
        [1, 2],
        [3, -7],
        [-1, 1],
      ] as const),
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
  const clientData = (type: string, options: Options, lies: Lies) =>
    Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? options.challenge,
        origin: lies.origin ?? origin,
        crossOrigin: lies.crossOrigin ?? false,
      }),
    );
  const authenticatorData = (flags: number, lies: Lies, more = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.counter ?? counter);
    const shown = Buffer.from([
      lies.flags === undefined ? flags : (flags & NEW_PASSKEY) | lies.flags,
    ]);
    return Buffer.concat([sha256(lies.rpId ?? rpId), shown, count, more]);
  };

  return {
    id: credentialId.toString('base64url'),

    /** Makes the passkey: what `navigator.credentials.create()` gives. */
    create(options: Options & { readonly user: { readonly id: string } }, lies: Lies = {}) {
      userHandle = options.user.id;
      const length = Buffer.from([0, credentialId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey]);
      const authData = authenticatorData(PRESENT | VERIFIED | NEW_PASSKEY, lies, attested);
      const attestation: [string, Cbor][] = [
        ['fmt', lies.attestation ? 'packed' : 'none'],
        ['attStmt', lies.attestation ?? new Map()],
        ['authData', authData],
      ];
      return {
        id: lies.id ?? credentialId.toString('base64url'),
        clientDataJSON: clientData('webauthn.create', options, lies).toString('base64url'),
        attestationObject: cbor(new Map(attestation)).toString('base64url'),
        transports: 'internal,hybrid',
      };
    },

    /** Answers a challenge: what `navigator.credentials.get()` gives. */
    get(options: Options, lies: Lies = {}) {
      counter += 1;
      const client = clientData('webauthn.get', options, lies);
      const data = authenticatorData(PRESENT | VERIFIED, lies);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id: lies.id ?? credentialId.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: lies.userHandle ?? userHandle,
      };
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;
