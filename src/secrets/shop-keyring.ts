import type { Config } from '../config.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import type { LiveSecrets } from './live-secrets.ts';

type Times = Pick<Config, 'jwt' | 'accessTokenTtlSeconds'>;

/** The keyring of a shop's process: what a key signed is good as long as an access token lives. */
export function shopKeyring(texts: readonly string[], { jwt, accessTokenTtlSeconds }: Times) {
  return createKeyring(texts, {
    settleMs: jwt.settleSeconds * 1000,
    keepMs: accessTokenTtlSeconds * 1000,
  });
}

/** The same, learning the keys that come. @param fallback the key where none is configured. */
export function liveKeyring(live: LiveSecrets, fallback: string | null = null): Keyring {
  const textsOf = ({ jwt }: Config) =>
    jwt.secrets.length > 0 || fallback === null ? jwt.secrets : [fallback];
  const keyring = shopKeyring(textsOf(live.now()), live.now());
  live.onChange((config) => keyring.learn(textsOf(config)));
  return keyring;
}
