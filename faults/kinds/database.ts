import { sql } from 'kysely';
import pg from 'pg';
import { comesTrue, pause } from '../wait.ts';
import { KIT, type StopMode } from '../world/database.ts';
import { PROCESSES } from '../world/world.ts';
import type { Kind, Scene } from './kind.ts';

const BACK_MS = 60_000;
/** As many connections as the server has. */
const HOGS = 70;
/** A shop that takes longer to be ready again than this has not recovered by itself. */
export const READY_WITHIN_MS = 10_000;

/** What happens to PostgreSQL itself. */
export const databaseKinds: readonly Kind[] = [
  {
    name: 'database-crash',
    what: 'PostgreSQL stops at once, without a checkpoint, and recovers from its log',
    seconds: [2, 5],
    holds: ['database', 'database-network', 'stock-rows', 'connections', ...PROCESSES],
    victims: [],
    strike: (scene, { ms }) => stopAndStart(scene, 'immediate', ms),
  },
  {
    name: 'database-restart',
    what: 'PostgreSQL is restarted: every session ends, then a checkpoint, then a start',
    seconds: [2, 5],
    holds: ['database', 'database-network', 'stock-rows', 'connections', ...PROCESSES],
    victims: [],
    strike: (scene, { ms }) => stopAndStart(scene, 'fast', ms),
  },
  {
    name: 'backend-killed',
    what: 'pg_terminate_backend of a few sessions of the shop, again and again',
    seconds: [2, 4],
    holds: ['database'],
    victims: [],
    async strike({ world }, { ms, random }) {
      let killed = 0;
      for (const end = Date.now() + ms; Date.now() < end; await pause(300))
        killed += await terminate(world.database.db, random.integer(1, 3));
      return killed;
    },
  },
  {
    name: 'backends-killed',
    what: 'pg_terminate_backend of every session of the shop at once',
    seconds: [1, 2],
    holds: ['database'],
    victims: [],
    strike: ({ world }) => terminate(world.database.db, 1_000),
  },
  {
    name: 'rows-locked',
    what: 'a stuck session holds the rows of the goods that everybody wants',
    seconds: [4, 12],
    holds: ['database', 'stock-rows'],
    victims: [],
    strike: holdHotRows,
  },
  {
    name: 'connections-hogged',
    what: 'others take every connection that PostgreSQL has left, and the shop loses its own',
    seconds: [3, 6],
    holds: ['database', 'connections'],
    victims: [],
    strike: hogConnections,
  },
];

/** Stops and starts the server, and measures how soon every process is ready again without being restarted. */
export async function stopAndStart(scene: Scene, mode: StopMode, ms: number): Promise<number> {
  const { database, processes } = scene.world;
  const starts = [...processes.values()].map((one) => one.starts);
  await database.stop(mode);
  await pause(ms);
  await database.start();
  const back = performance.now();
  await Promise.all(
    [...processes.values()].map(async (one, index) => {
      const ready = await comesTrue(() => one.isReady(), BACK_MS);
      const took = performance.now() - back;
      scene.figure('slowest readiness after the database came back, ms', took);
      if (!ready || took > READY_WITHIN_MS)
        scene.violation(`${one.name} was not ready ${Math.round(took)} ms after the database`);
      if (one.starts !== starts[index])
        scene.violation(`${one.name} had to be started again after the database came back`);
    }),
  );
  return 1;
}

async function terminate(db: Scene['world']['database']['db'], most: number): Promise<number> {
  const { rows } = await sql<{ done: boolean }>`
    SELECT pg_terminate_backend(pid) AS done FROM (
      SELECT pid FROM pg_stat_activity
      WHERE datname = 'mainstay' AND application_name <> ${KIT} AND backend_type = 'client backend'
      ORDER BY random() LIMIT ${most}
    ) AS chosen`.execute(db);
  return rows.filter(({ done }) => done).length;
}

async function holdHotRows(
  { world, hotVariantIds }: Scene,
  { ms }: { ms: number },
): Promise<number> {
  return world.database.db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('stock_levels')
      .select('variant_id')
      .where('variant_id', 'in', [...hotVariantIds])
      .orderBy('variant_id')
      .forUpdate()
      .execute();
    await pause(ms);
    return held.length;
  });
}

async function hogConnections({ world }: Scene, { ms }: { ms: number }): Promise<number> {
  const hogs: pg.Client[] = [];
  const grab = async () => {
    const hog = new pg.Client({ connectionString: world.database.url, application_name: KIT });
    hog.on('error', () => undefined);
    const got = await hog.connect().then(
      () => true,
      () => false,
    );
    if (got) hogs.push(hog);
  };
  const grabAll = () => Promise.all(Array.from({ length: HOGS }, grab));
  // Who ends sessions has one of its own before nothing is left, and after them takes the shop's, before it comes back.
  await world.database.db.connection().execute(async (held) => {
    await sql`SELECT`.execute(held);
    await grabAll();
    await terminate(held, 1_000);
  });
  await grabAll();
  await pause(ms);
  await Promise.all(hogs.map((hog) => hog.end().catch(() => undefined)));
  return hogs.length;
}
