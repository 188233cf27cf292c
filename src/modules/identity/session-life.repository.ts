import { sql } from 'kysely';
import { IDLE_LIFETIME } from './identity.model.ts';

/** Whether a row of `sessions`, joined to its `users`, still counts: not ended, not too old, not idle for too long. */
export const isLive = sql<boolean>`(
  sessions.revoked_at IS NULL
  AND sessions.expires_at > now()
  AND sessions.last_seen_at > now() - make_interval(secs => CASE
    WHEN sessions.kind = 'browser' AND users.role <> 'customer' THEN ${IDLE_LIFETIME.staff}::float8
    ELSE ${IDLE_LIFETIME.customer}::float8 END)
)`;
