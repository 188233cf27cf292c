import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CannotBegin } from './outcome.ts';

/**
 * Keeps a second run from the same folder for as long as this process lives. A name among Linux's abstract sockets is
 * let go of by the system whatever ends the process, so there is no stale lock to judge.
 * @throws CannotBegin while another run has it
 */
export async function lock(folder: string): Promise<void> {
  const name = createHash('sha256').update(folder).digest('hex');
  const server = createServer().unref();
  try {
    await once(server.listen(`\0mainstay-rollout-${name}`), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CannotBegin(`another run is at work in ${folder}`);
  }
}
