import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environment } from '../config/environment.ts';
import { isProduction } from '../config/reader.ts';
import { loadToolConfig } from '../config/tools.ts';
import { secretSources } from '../secrets/sources.ts';
import { startEmbeddedPostgres } from './embedded-postgres/embedded-postgres.ts';

const root = join(import.meta.dirname, '../..');

/** The shop, begun anew when a file of it changes, on a PostgreSQL that stays until Ctrl-C. */
try {
  const env = environment();
  const fetched = await secretSources(env).fetch();
  if (isProduction(env, fetched))
    throw new Error('NODE_ENV is production: npm start runs the shop there.');
  const { databaseUrl, dataDir } = loadToolConfig(env, fetched);
  const postgres =
    databaseUrl === null ? await startEmbeddedPostgres({ dataDir, role: 'tool' }) : null;
  const shop = spawn(
    process.execPath,
    ['--watch-path=src', '--watch-preserve-output', 'src/main.ts'],
    {
      cwd: root,
      stdio: 'inherit',
      // Ctrl-C reaches this process alone, which lets the shop finish: a shop that hears it twice stops hard.
      detached: true,
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => shop.kill('SIGTERM'));
  await once(shop, 'exit');
  await postgres?.stop();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
