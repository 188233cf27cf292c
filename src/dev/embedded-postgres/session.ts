import { Client } from 'pg';
import { type Cluster, SUPERUSER } from './cluster.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Opens a superuser's session in the server on a port; rejects when there is none. */
export async function openSession(
  { password }: Cluster,
  port: number,
  applicationName: string,
): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    ssl: false,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A lost server shows in 'end' and in failing queries; unheard, this event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
