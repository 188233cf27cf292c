import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { serversOf } from '../../shared/database-servers.ts';
import type { Migrations } from './migration.ts';
import { connect, type Observation, observe, runUnseen } from './observe.ts';

/**
 * Runs migrations in an empty database of their own beside the one at `serverUrl`, which is dropped again, and says
 * what those did that `watched` names; the others run unseen.
 * @throws DatabaseError 42501 where the role may not create databases.
 */
export async function rehearse(
  serverUrl: string,
  migrations: Migrations,
  watched: (name: string) => boolean,
): Promise<Observation[]> {
  const name = `mainstay_rehearsal_${randomBytes(6).toString('hex')}`;
  const { server, url } = await writable(serverUrl);
  url.pathname = `/${name}`;
  try {
    await server.query(`CREATE DATABASE ${name}`);
    return await inOrder(url.toString(), migrations, watched).finally(() =>
      server.query(`DROP DATABASE ${name} WITH (FORCE)`),
    );
  } finally {
    await server.end();
  }
}

/** Of the servers that an address names, the first that takes writes. @throws what the last of them says. */
async function writable(serverUrl: string): Promise<{ server: pg.Client; url: URL }> {
  let failure: unknown;
  for (const one of serversOf(serverUrl).urls) {
    try {
      const server = await connect(one);
      const { rows } = await server.query<{ reads: boolean }>(
        'SELECT pg_is_in_recovery() AS reads',
      );
      if (rows[0]?.reads === false) return { server, url: new URL(one) };
      failure = new Error(`${new URL(one).host} only reads`);
      await server.end();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function inOrder(
  url: string,
  migrations: Migrations,
  watched: (name: string) => boolean,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const [name, migration] of Object.entries(migrations))
    if (watched(name)) observations.push(await observe(url, name, migration));
    else await runUnseen(url, migration);
  return observations;
}
