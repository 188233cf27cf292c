import type pg from 'pg';

/**
 * Has all that is asked over a connection in one turn leave in one write: each by itself would be a system call, and
 * wake PostgreSQL up.
 */
export function writeTogether(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const { stream } = client.connection;
    let isHeldBack = false;
    const letGo = (): void => {
      isHeldBack = false;
      stream.uncork();
    };
    client.query = ((...given: unknown[]) => {
      if (!isHeldBack) {
        isHeldBack = true;
        stream.cork();
        process.nextTick(letGo);
      }
      return query(...given);
    }) as typeof client.query;
  });
}
