import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { newId } from '../../src/shared/ids.ts';

const ANSWERS_AFTER_MS = 50;
const LOOK_EVERY_MS = 20;

/** So many webhook endpoints of a shop that want every event, each of which answers after 50 ms. */
export async function openEndpoints(databaseUrl: string, count: number) {
  const server = createServer(async (request, response) => {
    await once(request.resume(), 'end');
    await setTimeout(ANSWERS_AFTER_MS);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = new pg.Client(databaseUrl);
  await client.connect();
  for (let made = 0; made < count; made += 1)
    await client.query('INSERT INTO webhook_endpoints (id, url, secret) VALUES ($1, $2, $3)', [
      newId(),
      url,
      `whsec_${randomBytes(32).toString('base64')}`,
    ]);
  const isAnyLeft = async () => {
    const { rows } = await client.query(
      `SELECT FROM webhook_deliveries WHERE state = 'pending' LIMIT 1`,
    );
    return rows.length > 0;
  };
  return {
    /** Waits until every event that was sent on has arrived. */
    async haveAll(): Promise<void> {
      while (await isAnyLeft()) await setTimeout(LOOK_EVERY_MS);
    },
    async close(): Promise<void> {
      await client.end();
      server.closeAllConnections();
      server.close();
    },
  };
}
