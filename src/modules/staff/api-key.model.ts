import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Generated } from 'kysely';
import type { Permission } from '../../shared/permissions.ts';

export interface ApiKeyTables {
  api_keys: {
    id: string;
    name: string;
    /** SHA-256 of the whole key. */
    key_hash: Buffer;
    /** Its last four characters. */
    hint: string;
    scopes: Permission[];
    maker_id: string;
    created_at: Generated<Date>;
    expires_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: Permission[];
  /** The e-mail address of who made it. */
  readonly madeBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

/** No key lives longer. */
export const MAX_KEY_DAYS = 365;

/** What no key may: a program lets nobody in, so that a stolen one makes no others. */
export const NEVER_BY_KEY: Permission = 'staff:write';

const PREFIX = 'mk_live_';

/** A new key of 256 bits; its beginning and its checksum tell it apart from other text, so that scanners find it. */
export function newApiKey(): string {
  const secret = randomBytes(32).toString('base64url');
  return `${PREFIX}${secret}${checksum(secret)}`;
}

/** Whether a bearer token is meant to be a key, rather than an access token. */
export function isApiKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** What is stored of a key; null for what was mistyped or cut, which nobody needs to look for. */
export function hashApiKey(key: string): Buffer | null {
  const [, secret = '', check] = /^mk_live_([\w-]{43})([\da-f]{8})$/.exec(key) ?? [];
  return checksum(secret) === check ? createHash('sha256').update(key).digest() : null;
}

function checksum(secret: string): string {
  return crc32(secret).toString(16).padStart(8, '0');
}
