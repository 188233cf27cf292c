import type { generateRegistrationOptions } from '@simplewebauthn/server';
import {
  type Assertion,
  type Attestation,
  type KnownCredential,
  PASSKEY_SECONDS,
  type RelyingParty,
  type RequestOptions,
  type StoredPasskey,
} from './passkey.model.ts';

const SHOP = 'Mainstay';
/** What authenticators sign with: ES256, EdDSA and RS256, by their numbers in COSE (RFC 9053, 2; RFC 8812, 2). */
const ALGORITHMS = [-7, -8, -257];
const timeout = PASSKEY_SECONDS * 1000;

/** Loaded at the first passkey: with its certificates and encodings it is the largest that the shop has. */
const webauthn = () => import('@simplewebauthn/server');

/** What a browser has an authenticator make: `PublicKeyCredentialCreationOptionsJSON` of WebAuthn. */
export type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;

/** How a passkey is asked to answer a challenge; without `allowed` whichever its owner chooses. */
export function requestOptions(
  { id: rpId }: RelyingParty,
  challenge: string,
  allowed: readonly KnownCredential[],
): RequestOptions {
  return {
    challenge,
    timeout,
    rpId,
    userVerification: 'required',
    allowCredentials: allowed.map((known) => ({ ...known, type: 'public-key' })),
  };
}

/** How a passkey is asked for that is found without a name being typed and knows its owner by PIN or finger. */
export async function creationOptions(
  { id: rpID }: RelyingParty,
  challenge: string,
  owner: { userId: string; email: string; name: string; known: readonly KnownCredential[] },
): Promise<CreationOptions> {
  const { generateRegistrationOptions: make } = await webauthn();
  return make({
    rpName: SHOP,
    rpID,
    challenge: bytesOf(challenge),
    userID: Uint8Array.from(Buffer.from(owner.userId)),
    userName: owner.email,
    userDisplayName: owner.name,
    excludeCredentials: [...owner.known],
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
    timeout,
  });
}

/** The challenge that an answer says it is to, or null where it says none. */
export function challengeIn({ clientDataJSON }: { clientDataJSON: string }): string | null {
  try {
    const { challenge, crossOrigin } = JSON.parse(bytesOf(clientDataJSON).toString());
    // Nobody may frame the shop, so no page in a frame asked.
    return typeof challenge === 'string' && crossOrigin !== true ? challenge : null;
  } catch {
    return null;
  }
}

/** Whose an answer says the passkey is; null where it does not say. */
export function ownerIn({ userHandle }: Assertion): string | null {
  return userHandle ? Buffer.from(userHandle, 'base64url').toString() : null;
}

/**
 * How often the passkey says it has signed, from an answer whose signature, origin, domain and verified user are
 * right. Whether that goes back is for the database to say, which two answers at once meet.
 * @throws Error saying what is wrong with it.
 */
export async function verifyAssertion(
  party: RelyingParty,
  { credentialId, publicKey }: StoredPasskey,
  { id, userHandle, ...signed }: Assertion,
  challenge: string,
): Promise<number> {
  const { verifyAuthenticationResponse } = await webauthn();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: { ...signed, ...(userHandle ? { userHandle } : {}) },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    credential: { id: credentialId, publicKey: Uint8Array.from(publicKey), counter: 0 },
    requireUserVerification: true,
  });
  if (!verified) throw new Error('the signature is not of this passkey');
  return authenticationInfo.newCounter;
}

/** A new passkey from its introduction. @throws Error saying what is wrong with it. */
export async function verifyAttestation(
  party: RelyingParty,
  { id, clientDataJSON, attestationObject }: Attestation,
  challenge: string,
): Promise<{ credentialId: string; publicKey: Buffer; counter: number }> {
  const { verifyRegistrationResponse } = await webauthn();
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  // None was asked for, and certificates of strangers are better not read.
  if (decodeAttestationObject(bytesOf(attestationObject)).get('attStmt').get('x5c'))
    throw new Error('it brings certificates');
  const { registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: { clientDataJSON, attestationObject },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  });
  if (!registrationInfo) throw new Error('its attestation is not right');
  const { credential } = registrationInfo;
  if (credential.id !== id) throw new Error('it is not the passkey that it says');
  const { publicKey, counter } = credential;
  return { credentialId: id, publicKey: Buffer.from(publicKey), counter };
}

function bytesOf(base64url: string): Buffer<ArrayBuffer> {
  return Buffer.from(base64url, 'base64url');
}
