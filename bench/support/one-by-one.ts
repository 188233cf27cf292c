import pg from 'pg';

/** How many connections place orders at once, as pgbench's clients do. */
const CLIENTS = 16;

export interface OneByOne {
  readonly seconds: number;
  /** Whether each order is of the same unit. */
  readonly hot: boolean;
}

/** How often a second something was done by clients that do it over and over, each on a connection of its own. */
export async function rateOf(
  url: string,
  seconds: number,
  doOnce: (client: pg.Client) => Promise<void>,
): Promise<number> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    }),
  );
  const began = performance.now();
  const end = began + seconds * 1000;
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        await doOnce(client);
        done += 1;
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return done / took;
}

/** Runs statements on a connection of its own. */
export async function setUp(url: string, statements: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statements);
  await client.end();
}
