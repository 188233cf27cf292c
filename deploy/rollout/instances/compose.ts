import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { ComposeConfig } from '../config.ts';
import { run } from '../run.ts';
import type { Colour } from '../state.ts';
import { writeWhole } from '../write-whole.ts';
import type { Instances } from './instances.ts';

/** Two services of one compose project; a release is the name of an image. */
export function composeInstances(
  { command, services, images }: ComposeConfig,
  { stopSeconds }: { stopSeconds: number },
): Instances {
  // Compose refuses to work without it.
  if (!existsSync(images)) writeWhole(images, '');
  const compose = (...args: string[]) => run([...command, ...args]);

  /** Compose reads the images of both places from this file, so that every other command of it sees them too. */
  function name(colour: Colour, image: string): void {
    const named = {
      ...parseEnv(readFileSync(images, 'utf8')),
      [`${colour.toUpperCase()}_IMAGE`]: image,
    };
    const lines = Object.entries(named).map(([variable, value]) => `${variable}=${value}\n`);
    writeWhole(images, lines.join(''));
  }

  return {
    async migrate(colour, release) {
      name(colour, release);
      await compose('run', '--rm', '--no-deps', services[colour], 'node', 'src/migrate.ts', 'up');
    },
    async start(colour, release) {
      name(colour, release);
      await compose('up', '--detach', '--no-deps', '--no-build', services[colour]);
    },
    async runs(colour) {
      const ids = await compose('ps', '--status', 'running', '--quiet', services[colour]);
      return ids.trim() !== '';
    },
    async stop(colour) {
      await compose('stop', '--timeout', String(stopSeconds), services[colour]);
      // What compose had to kill after its time ends with 137.
      const codes = await compose('ps', '--all', '--format', '{{.ExitCode}}', services[colour]);
      return { byItself: !codes.split('\n').includes('137') };
    },
  };
}
