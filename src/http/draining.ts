import { once } from 'node:events';
import { Server } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { App } from './app-type.ts';

/** How long a turn of the event loop may last in which hardly anybody can have come. */
const SHORT_TURN_MS = 1;
const MOST_TURNS = 2000;

/**
 * Closes the server so that no request is lost that reached it. First nobody new is taken. A connection that was kept,
 * or taken a moment ago, may have a request on its way: for `settleMs` it is answered, and its connection ended by the
 * answer, as a proxy would otherwise use it again just when it is closed. Then what falls idle is closed at once, until
 * all that is under way is answered.
 */
export async function closeServer(app: App, settleMs: number): Promise<void> {
  const { server } = app;
  const closed = once(server, 'close');
  server.prependListener('request', (_request, response) => {
    response.setHeader('connection', 'close');
  });
  await nobodyWaits(server);
  // The HTTP server's own way would first end connections that have not said yet what they want.
  Server.prototype.close.call(server);
  await setTimeout(settleMs);
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed.finally(() => clearInterval(sweep));
  await app.close();
}

/**
 * Waits for a short turn of the event loop in which nobody came in: the system breaks off who waits to be taken when
 * nobody listens any more, and each turn takes one at most.
 */
async function nobodyWaits(server: Server): Promise<void> {
  let came = false;
  const note = () => {
    came = true;
  };
  server.on('connection', note);
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    came = false;
    const began = performance.now();
    await setImmediate();
    if (!came && performance.now() - began < SHORT_TURN_MS) break;
  }
  server.off('connection', note);
}
