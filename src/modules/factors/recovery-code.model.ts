import { createHash, randomInt } from 'node:crypto';

export const RECOVERY_CODES = 10;

/** Without letters and digits that are mistaken for others (Crockford's base 32). */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;
const GROUP = /.{4}/g;

/** New codes of 80 bits each, as they are shown: `7k3m-q0xz-9f2t-hw4c`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
    return letters.join('').match(GROUP)?.join('-') ?? '';
  });
}

/** What is stored of a code, however it was typed. With 80 random bits a plain SHA-256 cannot be searched. */
export function hashRecoveryCode(code: string): Buffer {
  const plain = code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1');
  return createHash('sha256').update(plain).digest();
}
