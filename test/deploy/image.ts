import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describeWhere } from '../support/describe-where.ts';
import { until } from '../support/until.ts';
import { root } from './compose.ts';
import {
  type Instruction,
  isLetThrough,
  last,
  readStages,
  variablesOf,
  words,
} from './dockerfile.ts';

const run = promisify(execFile);

/** A file system as the Dockerfile makes it, without its base: the folder stands in place of the image's root. */
export interface Image {
  readonly folder: string;
  /** Where the process starts. */
  readonly workdir: string;
  readonly user: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  remove(): Promise<void>;
}

/** Carries out every COPY and RUN of the Dockerfile, each stage in a folder of its own. Needs the npm registry. */
export async function buildImage(buildArgs: Record<string, string> = {}): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-image-'));
  // The account of the image must be able to enter it.
  await chmod(folder, 0o755);
  // Where the account finds Node.js, whatever folders of this machine it may not enter.
  const programs = join(folder, 'bin');
  await mkdir(programs);
  await copyFile(process.execPath, join(programs, 'node'));
  const stages = readStages();
  for (const stage of stages) {
    let workdir = join(folder, stage.name);
    const args: Record<string, string> = {};
    let user = '0:0';
    for (const instruction of stage.instructions) {
      if (instruction.keyword === 'WORKDIR') workdir = join(folder, stage.name, instruction.value);
      await mkdir(workdir, { recursive: true });
      if (instruction.keyword === 'COPY')
        await copy(instruction, { folder, stage: stage.name, workdir });
      if (instruction.keyword === 'ARG') Object.assign(args, given(instruction.value, buildArgs));
      if (instruction.keyword === 'USER') user = instruction.value;
      if (instruction.keyword === 'RUN')
        await runIn(workdir, instruction.value, { args, user, programs });
    }
  }
  const image = stages.at(-1) ?? stages[0];
  const top = join(folder, image.name);
  // What the base brings, and what an engine mounts.
  await mkdir(join(top, 'usr/local/bin'), { recursive: true });
  await copyFile(process.execPath, join(top, 'usr/local/bin/node'));
  await mkdir(join(top, 'tmp'));
  await chmod(join(top, 'tmp'), 0o1777);
  return {
    folder: top,
    workdir: join(top, last(image, 'WORKDIR')),
    user: last(image, 'USER'),
    variables: variablesOf(image),
    command: words(last(image, 'CMD')),
    healthCheck: words(last(image, 'HEALTHCHECK')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An argument of the build by its name, with what was given or else its default. */
function given(value: string, buildArgs: Record<string, string>): Record<string, string> {
  const [name = '', byDefault = ''] = value.split('=');
  return { [name]: buildArgs[name] ?? byDefault };
}

async function copy(
  { flags, value }: Instruction,
  { folder, stage, workdir }: { folder: string; stage: string; workdir: string },
): Promise<void> {
  const names = value.split(/\s+/);
  const target = names.at(-1) ?? '';
  const to = target.startsWith('/') ? join(folder, stage, target) : join(workdir, target);
  const from = flags.from === undefined ? root : join(folder, flags.from);
  for (const name of names.slice(0, -1)) {
    if (flags.from === undefined && !isLetThrough(name)) throw new Error(`${name} is kept out`);
    const source = join(from, name);
    const isFolder = (await stat(source)).isDirectory();
    await mkdir(isFolder || target.endsWith('/') ? to : dirname(to), { recursive: true });
    await run('cp', ['-R', '--preserve=mode,links', isFolder ? `${source}/.` : source, to]);
    if (flags.chown !== undefined)
      await giveTo(flags.chown, isFolder ? to : join(to, basename(name)));
  }
}

async function giveTo(user: string, path: string): Promise<void> {
  const [uid = 0, gid = 0] = user.split(':').map(Number);
  for (const name of ['', ...(await readdir(path, { recursive: true }))])
    await lchown(join(path, name), uid, gid);
}

/** Steps run on this machine, so one that names a place outside the image's own folder is refused. */
async function runIn(
  workdir: string,
  command: string,
  {
    args,
    user,
    programs,
  }: { readonly args: Record<string, string>; readonly user: string; readonly programs: string },
): Promise<void> {
  if (/(^|[\s"'=])(\/|~|\.\.)/.test(command))
    throw new Error(`reaches out of the image: ${command}`);
  // This machine's way to the registry, without what npm and the tests tell their own children.
  const around = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$)/.test(name));
  const env = {
    ...Object.fromEntries(around),
    // What this machine has fetched already it need not fetch again.
    npm_config_prefer_offline: 'true',
    ...args,
    PATH: `${programs}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  };
  const [uid, gid] = user.split(':').map(Number);
  await run('sh', ['-c', command], { cwd: workdir, env, uid, gid });
}

/** As an engine does: own processes, a file system of which two folders alone can be written, an account without rights. */
const CONTAINER = `
mount --make-rprivate / && mount --bind "$2" "$2" && mount --bind "$3" "$3" && mount -o remount,bind,ro / || exit 125
user=$1; shift 3
exec setpriv --reuid="\${user%:*}" --regid="\${user#*:}" --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all -- "$@"`;

export interface Container {
  readonly output: { out: string; err: string };
  /** Its first process, as this machine numbers it. */
  readonly pid: number;
  readonly ended: Promise<number | null>;
}

/** Starts a command in the image; the image's own unless told, with the image's variables and these. */
export async function startContainer(
  image: Image,
  env: Record<string, string>,
  command = image.command,
): Promise<Container> {
  const data = join(image.folder, 'data');
  const temporary = join(image.folder, 'tmp');
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--mount-proc'],
      ...['sh', '-c', CONTAINER, 'sh', image.user, data, temporary, ...command],
    ],
    {
      cwd: image.workdir,
      env: {
        PATH: `${join(image.folder, 'usr/local/bin')}:/usr/bin:/bin`,
        ...image.variables,
        ...env,
        DATA_DIR: data,
        TMPDIR: temporary,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk;
  });
  let closed = false;
  const ended = once(child, 'close').then(([code]) => {
    closed = true;
    return code as number | null;
  });
  let pid = 0;
  await until(
    async () => {
      const list = `/proc/${child.pid}/task/${child.pid}/children`;
      pid = Number(await readFile(list, 'utf8').catch(() => ''));
      return pid > 0 || closed;
    },
    { what: 'the first process' },
  );
  return { output, pid, ended };
}

const canIsolate =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  (await run('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'true']).then(
    () => true,
    () => false,
  ));

/** A suite that stands in for a container engine: skipped, saying so, where it may not; run, and failing, where CI is set. */
export function describeInImage(title: string, suite: () => void): void {
  const lack = canIsolate ? null : 'needs Linux, root and namespaces';
  describeWhere(lack, title, suite);
}
