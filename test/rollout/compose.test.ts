import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { composeInstances } from '../../deploy/rollout/instances/compose.ts';

/** A docker that notes what it is asked for, and answers as one that runs green and had to kill blue. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
case "$*" in
  *running*green) echo 0123456789ab ;;
  *ExitCode*blue) echo 137 ;;
  *ExitCode*) echo 0 ;;
esac
`;

it('two places in compose are migrated, started, looked for and stopped by its own commands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-docker-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const docker = join(folder, 'docker');
  await writeFile(docker, DOCKER);
  await chmod(docker, 0o755);
  const images = join(folder, 'images.env');
  const instances = composeInstances(
    {
      kind: 'compose',
      command: [docker, 'compose', '--file=a.yml'],
      services: { blue: 'app-blue', green: 'app-green' },
      images,
    },
    { stopSeconds: 40 },
  );
  const named = () => readFile(images, 'utf8');
  expect(await named()).toBe('');

  await instances.start('blue', 'shop:1');
  await instances.migrate('green', 'registry.example:5000/shop:2');
  await instances.start('green', 'registry.example:5000/shop:2');
  expect(await named()).toBe('BLUE_IMAGE=shop:1\nGREEN_IMAGE=registry.example:5000/shop:2\n');
  expect([await instances.runs('green'), await instances.runs('blue')]).toEqual([true, false]);
  expect([await instances.stop('green'), await instances.stop('blue')]).toEqual([
    { byItself: true },
    { byItself: false },
  ]);
  const asked = (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
  expect(asked.map((line) => line.replace('compose --file=a.yml ', ''))).toEqual([
    'up --detach --no-deps --no-build app-blue',
    'run --rm --no-deps app-green node src/migrate.ts up',
    'up --detach --no-deps --no-build app-green',
    'ps --status running --quiet app-green',
    'ps --status running --quiet app-blue',
    'stop --timeout 40 app-green',
    'ps --all --format {{.ExitCode}} app-green',
    'stop --timeout 40 app-blue',
    'ps --all --format {{.ExitCode}} app-blue',
  ]);
});
