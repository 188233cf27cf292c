import type { Config } from '../config.ts';
import { createKeyring } from './keyring.ts';

/** The keyring of a shop's process: what a key signed is good as long as an access token lives. */
export function shopKeyring(
  texts: readonly string[],
  { jwt, accessTokenTtlSeconds }: Pick<Config, 'jwt' | 'accessTokenTtlSeconds'>,
) {
  return createKeyring(texts, {
    settleMs: jwt.settleSeconds * 1000,
    keepMs: accessTokenTtlSeconds * 1000,
  });
}
