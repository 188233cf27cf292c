import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give out by themselves (Linux from 32768), so that none of those is taken meanwhile. */
const [FIRST, LAST] = [10_000, 31_999];
/** Where this process goes on, so that it names no port twice; others began elsewhere. */
let next = randomInt(FIRST, LAST + 1);

/** A port of 127.0.0.1 that nobody listens on now. @throws Error where there is none */
export async function freePort(): Promise<number> {
  for (let tries = FIRST; tries <= LAST; tries += 1) {
    const port = next;
    next = port === LAST ? FIRST : port + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`Every port from ${FIRST} to ${LAST} is taken`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
