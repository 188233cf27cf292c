import type { Generated } from 'kysely';

export interface IdentityTables {
  users: UserTable;
  sessions: SessionTable;
  refresh_tokens: OneTimeTokenTable & { session_id: string };
  password_resets: OneTimeTokenTable & { user_id: string };
}

interface UserTable {
  id: string;
  email: string;
  name: string;
  role: Generated<Role>;
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
}

/** Tokens are stored as their SHA-256; used once. */
interface OneTimeTokenTable {
  token_hash: Buffer;
  created_at: Generated<Date>;
  expires_at: Date;
  used_at: Date | null;
}

export type Role = 'customer' | 'admin';

/** A user as the API shows one. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}
