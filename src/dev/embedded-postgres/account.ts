import { lchown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, type Owner, runProgram } from './programs.ts';

const CURRENT: Account = { prefix: [], identity: {} };
const OVERFLOW_ID = 65_534;

/**
 * Decides as whom PostgreSQL runs: as the current user, or, since it refuses root, as the owner of
 * the data folder or as nobody. Throws EmbeddedPostgresError where that account cannot work.
 */
export async function chooseAccount(dataDir: string, postgres: string): Promise<Account> {
  if (process.geteuid?.() !== 0) return CURRENT;
  const owner = await chooseOwner(dataDir);
  for (const account of waysToRunAs(owner)) {
    if (await canWork(account, dataDir, postgres)) return account;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and the account that runs it instead (uid ${owner.uid}) ` +
      `cannot enter ${dataDir} or reach ${postgres}. Run Mainstay as an ordinary user, move it ` +
      'to a folder which every account can enter (for example /srv/mainstay), or set ' +
      'DATABASE_URL to a PostgreSQL server of your own.',
  );
}

async function chooseOwner(dataDir: string): Promise<Owner> {
  const cluster = await findOwner(join(dataDir, 'postgres'));
  if (cluster) return cluster;
  const host = await findOwner(dataDir);
  // initdb insists on an account with a name, which a folder mounted from elsewhere may lack.
  if (host && (await runProgram(CURRENT, 'id', ['-un', String(host.uid)])).ok) return host;
  return { uid: await idOfNobody('-u'), gid: await idOfNobody('-g') };
}

async function findOwner(folder: string): Promise<Owner | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function idOfNobody(option: '-u' | '-g'): Promise<number> {
  const { ok, output } = await runProgram(CURRENT, 'id', [option, 'nobody']);
  return ok ? Number(output) : OVERFLOW_ID;
}

function waysToRunAs(owner: Owner): Account[] {
  return [
    { owner, prefix: [], identity: owner },
    // Below a folder closed to the account (a clone in /root): let it pass folders, no more.
    { owner, prefix: withCapability(owner, 'dac_read_search'), identity: {} },
    // Containers often withhold the narrower capability but grant this one.
    { owner, prefix: withCapability(owner, 'dac_override'), identity: {} },
  ];
}

function withCapability({ uid, gid }: Owner, capability: string): string[] {
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // Without no_setuid_fixup access(2), with which initdb looks for postgres, ignores capabilities.
  const rights = ['--securebits=+no_setuid_fixup', `--inh-caps=+${capability}`];
  return ['setpriv', ...user, ...rights, `--ambient-caps=+${capability}`];
}

async function canWork(account: Account, dataDir: string, postgres: string): Promise<boolean> {
  const script = 'cd "$1" && test -x "$2" && "$2" --version';
  return runProgram(account, '/bin/sh', ['-c', script, 'sh', dataDir, postgres]).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Gives a folder with all it holds to an owner, the folder itself last. */
export async function handOver(folder: string, { uid, gid }: Owner): Promise<void> {
  const entries = await readdir(folder, { recursive: true });
  await Promise.all(entries.map((entry) => giveAway(join(folder, entry), { uid, gid })));
  await lchown(folder, uid, gid);
}

/** A rival that was quicker may run its server in the folder already: what that removes needs no owner. */
export async function giveAway(path: string, { uid, gid }: Owner): Promise<void> {
  await lchown(path, uid, gid).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
