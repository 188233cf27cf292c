import { invalid } from '../../shared/errors.ts';
import { isCommonPassword } from './common-passwords.gateway.ts';
import { hashPassword } from './password.gateway.ts';

/**
 * The hash of a password that somebody chose, unless it is among the first that a guesser tries: the most used ones,
 * and what the account itself is called.
 * @throws ShopError validation_failed (`path`).
 */
export async function hashNewPassword(
  password: string,
  { of: { email, name }, path }: { of: { email: string; name?: string }; path: string },
): Promise<string> {
  if (await isCommonPassword(password))
    throw invalid(path, 'Many people use this password, so it is tried first. Choose another one.');
  const own = [email, email.split('@', 1)[0], name];
  if (own.some((word) => word?.toLowerCase() === password.toLowerCase()))
    throw invalid(path, 'Whoever knows you guesses this password. Choose another one.');
  return hashPassword(password);
}
