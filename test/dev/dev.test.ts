import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { hasEnded, serverPid } from '../embedded-postgres/support.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');

/** A copy of what npm run dev needs, to be edited. */
async function copyOfShop(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-dev-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  for (const name of ['src', 'public', 'package.json'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

it('npm run dev shows what is changed, keeps its PostgreSQL meanwhile, and leaves nothing behind', async () => {
  const folder = await copyOfShop();
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const dev = spawn(process.execPath, ['src/dev/main.ts'], {
    cwd: folder,
    env: { PATH, HOME, PORT: String(port), STRIPE_STANDIN_PORT: '0', DEMO_CATALOGUE: 'off' },
    stdio: 'ignore',
  });
  const ended = once(dev, 'exit');
  onTestFinished(() => {
    dev.kill('SIGTERM');
  });
  const shown = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (answer) => answer.text(),
      () => '',
    );
  const shows = (path: string, text: string) =>
    until(async () => (await shown(path)).includes(text), { what: text });
  const server = async () => (await serverPid(join(folder, '.data'))) ?? 0;
  const edit = async (file: string, change: (text: string) => string) => {
    const text = await readFile(join(folder, file), 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(join(folder, file), change(text));
  };

  await shows('/', '<main');
  const before = await server();
  expect(await hasEnded(before)).toBe(false);
  await edit('src/http/layout.views.ts', (text) =>
    text.replace('<main', '<main data-edited="yes"'),
  );
  await shows('/', 'data-edited="yes"');
  await edit('public/css/mainstay.css', (text) => `${text}\n.edited { color: red }\n`);
  await shows('/css/mainstay.css', '.edited');
  expect(await server()).toBe(before);

  dev.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  expect(await shown('/')).toBe('');
  expect(await hasEnded(before)).toBe(true);
});
