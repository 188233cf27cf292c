import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands (RFC 6238, 4; the key of 160 bits after RFC 4226, 4). */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SHOP = 'Mainstay';

export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

/** The secret as it is typed into an app: base 32. */
export function readableSecret(secret: Buffer): string {
  return totpOf(secret, '').secret.base32;
}

/** What an app reads from a picture: an otpauth URI. */
export function enrolmentUri(secret: Buffer, email: string): string {
  return totpOf(secret, email).toString();
}

/** The time step of which a code is, this one or one beside it (clocks differ), or null. */
export function stepOf(secret: Buffer, code: string): number | null {
  const totp = totpOf(secret, '');
  const delta = totp.validate({ token: code, window: 1 });
  return delta === null ? null : totp.counter() + delta;
}

function totpOf(secret: Buffer, label: string): TOTP {
  // The library wants an ArrayBuffer of exactly these bytes.
  const buffer = Uint8Array.from(secret).buffer;
  return new TOTP({ ...PARAMETERS, issuer: SHOP, label, secret: new Secret({ buffer }) });
}
