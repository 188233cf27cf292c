import type { ColumnType, Generated } from 'kysely';
import type { UserRole } from '../../shared/permissions.ts';

export interface IdentityTables {
  users: UserTable;
  sessions: SessionTable;
  refresh_tokens: OneTimeTokenTable & { session_id: string };
  password_resets: OneTimeTokenTable & { user_id: string };
  challenges: ChallengeTable;
}

interface UserTable {
  id: string;
  email: string;
  name: string;
  role: Generated<UserRole>;
  /** Of staff, and of staff alone. */
  staff_role_id: string | null;
  password_hash: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface SessionTable {
  id: string;
  user_id: string;
  kind: 'browser' | 'api';
  /** SHA-256 of a browser session's cookie. */
  token_hash: Buffer | null;
  user_agent: string | null;
  created_at: Generated<Date>;
  last_seen_at: Generated<Date>;
  expires_at: Date;
  revoked_at: Date | null;
  /** When its person last proved who they are, by everything that their account asks for. */
  confirmed_at: Date | null;
  /** The passkey that opened it. */
  passkey_id: string | null;
}

/** What an answer is awaited for; the row goes when it is there. */
interface ChallengeTable {
  token_hash: Buffer;
  purpose: ChallengePurpose;
  user_id: string | null;
  data: ColumnType<Readonly<Record<string, string>>, string, never>;
  created_at: Generated<Date>;
  expires_at: Date;
}

export type ChallengePurpose =
  | 'second_step'
  | 'passkey_sign_in'
  | 'passkey_second_step'
  | 'passkey_confirm'
  | 'passkey_register'
  | 'provider'
  | 'provider_confirm';

/** Tokens are stored as their SHA-256; used once. */
interface OneTimeTokenTable {
  token_hash: Buffer;
  created_at: Generated<Date>;
  expires_at: Date;
  used_at: Date | null;
}

/** A user as the API shows one. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
}

export const PASSWORD_LENGTH = { minimum: 8, maximum: 200 } as const;
export const NEW_PASSWORD_HINT = `At least ${PASSWORD_LENGTH.minimum} characters. A few random words make a good one.`;
/** What to change about a new password that is too short or too long. */
export const NEW_PASSWORD_MESSAGE = `Choose a password of ${PASSWORD_LENGTH.minimum} to ${PASSWORD_LENGTH.maximum} characters.`;
export const MAX_NAME_LENGTH = 100;
/** RFC 5321, 4.5.3.1.3: a path of 256 octets less its brackets. */
export const MAX_EMAIL_LENGTH = 254;

const DAY = 24 * 3600;
/** How long each kind of session and token lives, in seconds. */
export const LIFETIME = {
  browser: 30 * DAY,
  /** An API session ends this long after its login, however often it is refreshed. */
  api: 90 * DAY,
  /** A refresh token that nobody uses ends earlier. */
  refreshToken: 14 * DAY,
  passwordReset: 3600,
  /** From the password to the second step. */
  secondStep: 600,
} as const;

/** For how long a proof of who one is opens what asks for one, in seconds. */
export const CONFIRMED_SECONDS = 600;

/** How long a session lives without being used, in seconds: a console left open somewhere ends overnight. */
export const IDLE_LIFETIME = { customer: 14 * DAY, staff: 12 * 3600 } as const;

/** Accounts are told apart by their e-mail address without regard to case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The name of somebody who gave none: what stands before the @. */
export function nameOr(name: string | undefined, email: string): string {
  return name?.trim() || (email.split('@', 1)[0] ?? email);
}
