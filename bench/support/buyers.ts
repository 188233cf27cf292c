import pg from 'pg';
import { createTokens } from '../../src/modules/identity/access-token.gateway.ts';
import { createKeyring } from '../../src/secrets/keyring.ts';

/** What a shop signs access tokens with, and whose they are. */
export interface Signing {
  readonly secret: string;
  readonly publicUrl: string;
}

const LASTS_SECONDS = 12 * 3600;

/** So many customers who signed in a moment ago; an access token of each. */
export async function admitBuyers(
  databaseUrl: string,
  count: number,
  { secret, publicUrl }: Signing,
): Promise<string[]> {
  const keyring = createKeyring([secret], { settleMs: 0, keepMs: 0 });
  const tokens = createTokens({ keyring, issuer: publicUrl, ttlSeconds: LASTS_SECONDS });
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ id: string; user_id: string }>(
    `
    WITH buyer AS (
      INSERT INTO users (id, email, name, password_hash)
      SELECT gen_random_uuid(), 'buyer-' || n || '@example.test', 'Buyer ' || n, 'none'
      FROM generate_series(1, $1::int) AS n
      RETURNING id
    )
    INSERT INTO sessions (id, user_id, kind, expires_at)
    SELECT gen_random_uuid(), id, 'api', now() + make_interval(secs => $2) FROM buyer
    RETURNING id, user_id`,
    [count, LASTS_SECONDS],
  );
  await client.end();
  return Promise.all(
    rows.map(({ id, user_id }) => tokens.issue({ userId: user_id, sessionId: id })),
  );
}

/** Takes from a list in turn, over and over. */
export function inTurn<T>(list: readonly T[]): () => T {
  let next = 0;
  return () => {
    const taken = list[next % list.length] as T;
    next += 1;
    return taken;
  };
}
