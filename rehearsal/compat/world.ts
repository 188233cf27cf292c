import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  otherPackages,
  type PreviousVersion,
  unpackPreviousVersion,
} from '../../faults/world/previous-version.ts';
import { createPool } from '../../src/database/pool.ts';
import { prepareSchema } from '../../src/database/schema.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/embedded-postgres.ts';
import { freePort } from '../../src/dev/free-port.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { openStripe, ROOT } from '../shop.ts';
import { rehearseCompatibility } from './drill.ts';

/**
 * Tries the version before, or the one that `ref` names, on the schema of this one, in a database and with a Stripe of
 * its own.
 * @returns whether there is history to take that version from, which a shallow clone lacks
 * @throws Error where either version refuses what it must do, or the audit has findings
 */
export async function tryCompatibility(
  ref: string | undefined,
  say: (line: string) => void,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-compat-'));
  try {
    const previous = await unpackPreviousVersion(ROOT, join(folder, 'previous'), ref);
    if (previous !== null) await tryVersion(previous, folder, say);
    return previous !== null;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Tries it in a folder that is taken away afterwards. */
async function tryVersion(
  previous: PreviousVersion,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const settings = { fsync: 'off' };
  const server = await startEmbeddedPostgres({ dataDir: folder, role: 'tool', settings });
  const [webPort, newPort] = [await freePort(), await freePort()];
  const stripe = await openStripe(folder, webPort);
  const surroundings = { folder, databaseUrl: server.url, stripeUrl: stripe.url, webPort };
  const migrate = async () => {
    const pool = createPool(server.url, {
      ...{ max: 2, logger: createLogger('warn') },
      statementTimeoutMs: 0,
    });
    return prepareSchema(pool).finally(() => pool.end());
  };
  try {
    const others = await otherPackages(ROOT, previous.commit);
    say(`the version before: ${previous.commit.slice(0, 10)}`);
    if (others.length > 0) say(`on this version's packages, which differ: ${others.join(', ')}`);
    await rehearseCompatibility(surroundings, {
      previousRoot: previous.root,
      newPort,
      migrate,
      say,
    });
  } finally {
    await stripe.close();
    await server.stop();
  }
}
