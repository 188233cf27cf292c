/** What passkeys are made for, and where alone they answer: the shop as browsers know it. */
export interface RelyingParty {
  /** The domain, without port: passkeys are bound to it. */
  readonly id: string;
  /** Scheme, domain and port of the pages that may ask. */
  readonly origin: string;
}

/** The shop at its public address. */
export function relyingPartyAt(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}

/** How long an answer by a passkey is awaited, in seconds. */
export const PASSKEY_SECONDS = 300;
/** More than anybody has devices. */
export const MAX_PASSKEYS = 20;
export const MAX_PASSKEY_NAME = 60;

/** What is kept of a passkey to know its answers by. */
export interface StoredPasskey {
  readonly id: string;
  readonly userId: string;
  readonly credentialId: string;
  /** In COSE, as the authenticator gave it. */
  readonly publicKey: Buffer;
}

/** What a browser needs to find a passkey. */
export interface KnownCredential {
  readonly id: string;
  readonly transports: string[];
}

/** What a browser asks an authenticator for: `PublicKeyCredentialRequestOptionsJSON` of WebAuthn. */
export interface RequestOptions {
  readonly challenge: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly rpId: string;
  readonly userVerification: 'required';
  readonly allowCredentials: (KnownCredential & { readonly type: 'public-key' })[];
}

/** How an authenticator answers a challenge: the fields of WebAuthn's AuthenticatorAssertionResponse in base64url. */
export interface Assertion {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle?: string | undefined;
}

/** How an authenticator introduces a new passkey: the fields of WebAuthn's AuthenticatorAttestationResponse. */
export interface Attestation {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  /** How to reach the authenticator, with commas between: `internal,hybrid`. */
  readonly transports?: string | undefined;
}
