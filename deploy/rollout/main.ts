import { resolve } from 'node:path';
import { type Config, readConfig } from './config.ts';
import { instancesOf } from './instances/instances.ts';
import { lock } from './lock.ts';
import { type Options, readOptions } from './options.ts';
import { CannotBegin, EXIT, Refused } from './outcome.ts';
import { proxyOf } from './proxies/proxy.ts';
import { resetsAtReload } from './proxies/resets.ts';
import { describe, goOn, release, takeBack } from './release.ts';
import { stateIn } from './state.ts';
import type { World } from './world.ts';

const say = (line: string) =>
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);

// A terminal or a pipe that is gone must not end what watches a release.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  process.exitCode = await rollOut(readOptions(process.argv.slice(2)));
} catch (error) {
  const { message, stack } = error as Error;
  const expected = error instanceof CannotBegin || error instanceof Refused;
  process.stderr.write(`${expected ? message : stack}\n`);
  process.exitCode = error instanceof CannotBegin ? EXIT.notBegun : EXIT.between;
}

async function rollOut(options: Options): Promise<number> {
  const config = readConfig(options.config);
  const state = stateIn(config.folder);
  if (options.act === 'status') {
    for (const line of describe(state.read())) say(line);
    return 0;
  }
  await lock(config.folder);
  const warning = resetsAtReload(config.proxy);
  if (warning !== null) say(warning);
  const world: World = {
    ...{ config, state, say },
    instances: instancesOf(config),
    proxy: proxyOf(config.proxy, config.addresses),
    stop: stopOnSignal(),
  };
  if (options.act === 'release')
    return release(world, { ...options, release: nameOf(options.release, config) });
  return options.act === 'undo' ? takeBack(world) : goOn(world);
}

/** What a release is known by: the next run may be begun in another folder. */
function nameOf(release: string, { instances }: Config): string {
  return instances.kind === 'processes' ? resolve(release) : release;
}

/** Whoever watches and is told to stop takes back what nobody would watch; a second signal ends it as it stands. */
function stopOnSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A terminal that goes away sends SIGHUP more than once, by the system and by its shell.
      if (stopping.signal.aborted && signal !== 'SIGHUP') process.exit(EXIT.between);
      stopping.abort(new Refused(`it was told to stop (${signal})`));
    });
  return stopping.signal;
}
