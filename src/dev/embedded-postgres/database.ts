import { createHmac } from 'node:crypto';
import type { Client } from 'pg';
import type { Cluster } from './cluster.ts';
import { withSetupLock } from './locks.ts';

const NAME = 'mainstay';

/**
 * Makes the role and the database of the shop where they are missing, and returns their URL. The
 * role is no superuser, as on a rented server, but may create databases and see all sessions.
 */
export async function ensureDatabase(
  client: Client,
  cluster: Cluster,
  port: number,
): Promise<string> {
  const password = createHmac('sha256', cluster.password).update(NAME).digest('hex');
  await withSetupLock(client, async () => {
    if (!(await hasAny(client, 'SELECT FROM pg_roles WHERE rolname = $1'))) {
      const secret = client.escapeLiteral(password);
      await client.query(
        `CREATE ROLE ${NAME} LOGIN CREATEDB PASSWORD ${secret} IN ROLE pg_monitor`,
      );
    }
    if (!(await hasAny(client, 'SELECT FROM pg_database WHERE datname = $1'))) {
      await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME}`);
    }
  });
  return `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;
}

async function hasAny(client: Client, sql: string): Promise<boolean> {
  const { rowCount } = await client.query(sql, [NAME]);
  return rowCount === 1;
}
