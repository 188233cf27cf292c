import { randomBytes } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
} from 'node:fs/promises';
import { join } from 'node:path';
import { handOver } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, runProgram } from './programs.ts';

/** The database files on disk. */
export interface Cluster {
  folder: string;
  /** Of the superuser. */
  password: string;
}

export const SUPERUSER = 'postgres';
const PASSWORD_FILE = 'superuser-password';
const UNFINISHED = 'postgres.init-';
// Needed beside the built-in collation: pg_trgm asks the C library what a letter is.
const CHARACTER_TYPES = ['C.UTF-8', 'en_US.UTF-8', 'UTF-8', 'C'];

/**
 * Opens <dataDir>/postgres and initialises it first where it does not exist. Initialising happens
 * in a folder of its own that is renamed when complete, so that a kill or a rival leaves no half.
 */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  account: Account,
  flush: boolean,
): Promise<Cluster> {
  const folder = join(dataDir, 'postgres');
  await ensureOwner(folder, account);
  if (!(await isInitialised(folder))) await initialise(dataDir, folder, binaries, account, flush);
  await removeUnfinished(dataDir);
  return { folder, password: await readFile(join(folder, PASSWORD_FILE), 'utf8') };
}

async function ensureOwner(folder: string, { owner }: Account): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return;
  const wanted = owner?.uid ?? process.geteuid?.() ?? found.uid;
  if (found.uid !== wanted) {
    if (!owner) throw foreignCluster(folder, found.uid, wanted);
    await handOver(folder, owner);
  }
  // PostgreSQL insists on this mode, which a copied or restored folder may have lost.
  await chmod(folder, 0o700);
}

function foreignCluster(folder: string, uid: number, wanted: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `${folder} belongs to another account (uid ${uid}). Run Mainstay as that account or as root, ` +
      `or take the folder over with: sudo chown -R ${wanted} ${folder}`,
  );
}

async function isInitialised(folder: string): Promise<boolean> {
  return lstat(join(folder, 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function initialise(
  dataDir: string,
  folder: string,
  binaries: Binaries,
  account: Account,
  flush: boolean,
): Promise<void> {
  const workshop = await mkdtemp(join(dataDir, UNFINISHED));
  try {
    const made = join(workshop, 'data');
    const password = join(workshop, PASSWORD_FILE);
    await writeDurably(password, randomBytes(24).toString('hex'));
    await mkdir(made, { mode: 0o700 });
    if (account.owner) await handOver(workshop, account.owner);
    await runInitdb(binaries, account, made, password, flush);
    await rename(password, join(made, PASSWORD_FILE));
    await rename(made, folder);
    await flushFolder(dataDir);
  } catch (error) {
    // A rival that started at the same moment may have finished first: then its work counts.
    if (!(await isInitialised(folder))) throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function runInitdb(
  { initdb }: Binaries,
  account: Account,
  folder: string,
  passwordFile: string,
  flush: boolean,
): Promise<void> {
  const options = ['-D', folder, '-U', SUPERUSER, `--pwfile=${passwordFile}`];
  options.push('--auth=scram-sha-256', '--no-instructions', '--encoding=UTF8', '--locale=C');
  options.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  options.push('--text-search-config=english', ...(flush ? [] : ['--no-sync']));
  let reason = '';
  for (const type of CHARACTER_TYPES) {
    const { ok, output } = await runProgram(account, initdb, [...options, `--lc-ctype=${type}`]);
    if (ok) return;
    reason = output;
    if (!output.includes('invalid locale name')) break;
  }
  const advice = reason.includes('user does not exist')
    ? 'Give this user id a name (in /etc/passwd), or set DATABASE_URL to a server of your own.'
    : 'Make room when the disk is full; nothing is left behind, so starting again is safe.';
  throw new EmbeddedPostgresError(`PostgreSQL cannot initialise ${folder}: ${reason}. ${advice}`);
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
}

async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot flush a folder.
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(UNFINISHED)) continue;
    // A rival still at work in it fails harmlessly: the cluster exists.
    await rm(join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
