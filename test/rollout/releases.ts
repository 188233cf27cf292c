import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../deploy/compose.ts';

/** What is wrong with a release: lines of its main.ts that come before all others. */
export const FAULTS = {
  none: '',
  /** Every second order fails inside. */
  failing: faultOf(
    `if (Math.random() < 0.5) return Promise.reject(new Error('a fault of the test'));`,
  ),
  /** Every order waits. */
  slow: faultOf(
    'return new Promise((go) => setTimeout(go, 5000)).then(() => query.apply(this, args));',
  ),
  /** It ends in the middle of its third order. */
  dying: faultOf('if (orders === 3) process.kill(process.pid, "SIGKILL");'),
  /** It does not find its database. */
  lost: `process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:9/nothing';`,
} as const;

/** Has something happen to the statements that write orders. */
function faultOf(act: string): string {
  return `import pg from 'pg';
const query = pg.Client.prototype.query;
let orders = 0;
pg.Client.prototype.query = function (...args) {
  const text = typeof args[0] === 'string' ? args[0] : args[0]?.text;
  if (/insert into "?orders"?\\s/i.test(text)) { orders += 1; ${act} }
  return query.apply(this, args);
};`;
}

export interface Releases {
  /** The folder of a release of the shop, which says in each answer's x-release who it is. */
  make(name: string, fault?: keyof typeof FAULTS): Promise<string>;
  remove(): Promise<void>;
}

/** Releases of the shop: its source in a folder of its own each, with a version and a commit of its own. */
export async function openReleases(): Promise<Releases> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-releases-'));
  return {
    async make(name, fault = 'none') {
      const path = join(folder, name);
      await mkdir(path);
      await cp(join(root, 'src'), join(path, 'src'), { recursive: true });
      for (const shared of ['node_modules', 'public', 'docs'])
        await symlink(join(root, shared), join(path, shared));
      const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      await writeFile(
        join(path, 'package.json'),
        JSON.stringify({ ...manifest, version: `1.0.0-${name}` }),
      );
      await writeFile(join(path, 'COMMIT'), `commit-of-${name}\n`);
      const main = await readFile(join(path, 'src/main.ts'), 'utf8');
      await writeFile(join(path, 'src/main.ts'), `${FAULTS[fault]}\n${tells(name)}\n${main}`);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function tells(name: string): string {
  return `import { subscribe } from 'node:diagnostics_channel';
subscribe('http.server.request.start', (message) => {
  (message as { response: { setHeader(name: string, value: string): void } }).response.setHeader('x-release', '${name}');
});`;
}
