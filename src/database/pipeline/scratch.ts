import { randomBytes } from 'node:crypto';
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
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const server = await connect(serverUrl);
  try {
    await server.query(`CREATE DATABASE ${name}`);
    return await inOrder(url.toString(), migrations, watched).finally(() =>
      server.query(`DROP DATABASE ${name} WITH (FORCE)`),
    );
  } finally {
    await server.end();
  }
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
