import { randomBytes } from 'node:crypto';
import { isMacOf, type Keyring } from '../secrets/keyring.ts';

/**
 * What a browser keeps of the account that was last signed in to in it: a name of the browser's own, and the shop's
 * word that somebody who knew the password used it. Whoever guesses passwords elsewhere has none for the account.
 */
export function introduceBrowser(keyring: Keyring, email: string): string {
  const name = randomBytes(16).toString('base64url');
  return `${name}.${keyring.signing().mac(textOf(email, name)).toString('base64url')}`;
}

/** The name of a browser in which the account was signed in to before; null for any other. */
export function knownBrowser(
  keyring: Keyring,
  email: string,
  kept: string | undefined,
): string | null {
  const [name = '', mac = ''] = kept?.split('.', 2) ?? [];
  return isMacOf(keyring, textOf(email, name), Buffer.from(mac, 'base64url')) ? name : null;
}

const textOf = (email: string, name: string) => `browser:${name}:${email}`;
