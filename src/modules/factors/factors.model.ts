import type { Generated } from 'kysely';

export interface FactorTables {
  totp_secrets: TotpTable;
  recovery_codes: RecoveryCodeTable;
  passkeys: PasskeyTable;
}

interface TotpTable {
  user_id: string;
  /** Sealed under the user's id. */
  secret: Buffer;
  created_at: Generated<Date>;
  /** null: shown to its owner, who has not yet typed a code of it. */
  confirmed_at: Date | null;
  /** The time step of the newest code that was taken; bigint comes as text. */
  last_step: Generated<string | number>;
}

interface RecoveryCodeTable {
  user_id: string;
  code_hash: Buffer;
  created_at: Generated<Date>;
  used_at: Date | null;
}

interface PasskeyTable {
  id: string;
  user_id: string;
  credential_id: string;
  public_key: Buffer;
  counter: string | number;
  transports: string[];
  name: string;
  created_at: Generated<Date>;
  last_used_at: Date | null;
}

/** How long a secret that nobody confirmed can still be, in seconds. */
export const PENDING_SECONDS = 600;

/** What stands beside an account's password. */
export interface Factors {
  /** When codes of an app were set up, or null. */
  readonly totpSince: Date | null;
  readonly recoveryCodesLeft: number;
  readonly passkeys: readonly Passkey[];
}

/** A passkey as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}
