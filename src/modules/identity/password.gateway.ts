import { hash, parseOptions, verify } from '@node-rs/argon2';
import { compare } from 'bcryptjs';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A new argon2id hash in PHC form, with its salt and parameters inside. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/** Whether the password is the hash's: argon2 in any parameters, or bcrypt as other shops left it. */
export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return isBcrypt(passwordHash) ? compare(password, passwordHash) : verify(passwordHash, password);
}

/** Whether the hash should be made anew at the next sign-in: bcrypt, or argon2 in other parameters than ours. */
export function isOutdated(passwordHash: string): boolean {
  if (isBcrypt(passwordHash) || !passwordHash.startsWith('$argon2id$')) return true;
  const found = parseOptions(passwordHash);
  return (
    found.memoryCost !== parameters.memoryCost ||
    found.timeCost !== parameters.timeCost ||
    found.parallelism !== parameters.parallelism
  );
}

function isBcrypt(passwordHash: string): boolean {
  return /^\$2[aby]\$/.test(passwordHash);
}
