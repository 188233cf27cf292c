import { join } from 'node:path';
import { ConfigError, environment } from './config/environment.ts';
import { type Config, loadConfig } from './config.ts';
import { type Finding, fault, messageOf, ok } from './doctor/finding.ts';
import { checkFolder, checkNode, checkPackages, checkPort } from './doctor/machine.ts';
import { checkServices } from './doctor/reach.ts';
import { checkSettings } from './doctor/settings.ts';

// Says what is wrong with the environment, a line each with what to do. Exit code 0 where the shop can run, else 1.
// What needs a package is loaded once it is known that they are there.
const root = join(import.meta.dirname, '..');
const marks = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' } as const;
let faults = 0;

if (process.argv.length > 2) {
  process.stderr.write('Usage: npm run doctor\n');
  process.exitCode = 1;
} else await examine();

async function examine(): Promise<void> {
  const installed = checkPackages(root);
  say(checkNode(root), installed);
  const config = installed.state === 'ok' ? await readConfig() : null;
  if (config) await look(config);
  process.stdout.write(faults === 0 ? '\nThe shop can run.\n' : `\nFaults: ${faults}\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}

async function readConfig(): Promise<Config | null> {
  try {
    const { secretSources } = await import('./secrets/sources.ts');
    const config = loadConfig(environment(), await secretSources(environment()).fetch());
    say(ok('configuration', config.environment));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems)
      say(fault('configuration', problem, 'README, Configuration; .env.example explains each'));
    return null;
  }
}

async function look(config: Config): Promise<void> {
  say(await checkPort(config.host, config.port), ...(await checkFolder(config.dataDir)));
  say(...(await database(config)));
  say(...checkSettings(config), ...(await Promise.all(checkServices(config))));
}

/** Through a pooler a session of its own cannot be had: the way around it is looked at, as migrations go there. */
async function database({ database: { url, directUrl }, dataDir }: Config): Promise<Finding[]> {
  const { checkDatabase } = await import('./doctor/database.ts');
  const named = directUrl ?? url;
  if (named !== null) return checkDatabase(named);
  try {
    const { startEmbeddedPostgres } = await import('./dev/embedded-postgres/embedded-postgres.ts');
    // As the shop would take it, so that one that holds the folder is named.
    const embedded = await startEmbeddedPostgres({ dataDir, role: 'shop' });
    const findings = await checkDatabase(embedded.url);
    await embedded.stop();
    return findings;
  } catch (error) {
    return [fault('embedded PostgreSQL', messageOf(error), 'as it says')];
  }
}

function say(...findings: Finding[]): void {
  for (const { state, about, says, todo } of findings) {
    if (state === 'fault') faults += 1;
    process.stdout.write(`${marks[state]} ${about}: ${says}${todo ? ` → ${todo}` : ''}\n`);
  }
}
