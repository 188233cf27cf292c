import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProxyConfig } from '../../deploy/rollout/config.ts';
import { until } from '../support/until.ts';
import { type Host, openHost } from './host.ts';

/** Answers as a shop that is well, for releases whose shop is not what a test is about. */
const SHOP = `import { createServer } from 'node:http';
const started = Date.now() / 1000;
const live = LIVE;
createServer(({ url }, response) => {
  if (url === '/health/live') response.end(live);
  else if (url === '/metrics') response.end('process_start_time_seconds ' + started + '\\n');
  else response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
// As one that has something under way.
process.on('SIGTERM', () => setTimeout(process.exit, 500, 0));
`;

const LIMITS = { soakSeconds: 1, minRequests: 0 };

describe('a host with two places', () => {
  let folder: string;
  let host: Host;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mainstay-places-'));
    file = join(folder, 'release.conf');
    // What a proxy answers that goes by the file.
    const status = createServer(async (_request, response) => {
      response.end(/default "(.*)"/.exec(await readFile(file, 'utf8'))?.[1]);
    }).listen(0, '127.0.0.1');
    await once(status, 'listening');
    const url = `http://127.0.0.1:${(status.address() as AddressInfo).port}`;
    const entry: ProxyConfig = {
      kind: 'nginx',
      file,
      check: ['true'],
      reload: ['true'],
      status: url,
    };
    host = await openHost('postgres://nobody@127.0.0.1:9/none', { url, entry }, LIMITS);
    return async () => {
      await host.stop();
      status.close();
      await rm(folder, { recursive: true, force: true });
    };
  });

  async function make(
    name: string,
    live = JSON.stringify({ version: name, commit: `commit-of-${name}` }),
  ): Promise<string> {
    const path = join(folder, name);
    await mkdir(join(path, 'src'), { recursive: true });
    await writeFile(join(path, 'package.json'), '{"type":"module"}');
    await writeFile(join(path, 'src/migrate.ts'), '');
    await writeFile(join(path, 'src/main.ts'), SHOP.replace('LIVE', JSON.stringify(live)));
    return path;
  }

  /** @returns the exit code and what was said */
  async function rollOut(...args: string[]) {
    const run = host.rollout(...args);
    return [await run.ended, run.said()] as const;
  }

  const served = async (colour: 'blue' | 'green') =>
    fetch(`${host.urls[colour]}/health/live`).then(
      async (answer) => ((await answer.json()) as { version: string }).version,
      () => null,
    );

  it('keeps the release before where somebody else answers in the place that is free', async () => {
    expect(await rollOut('release', await make('one'))).toMatchObject([0, expect.anything()]);
    const stranger = createServer((_request, response) => response.end('{}'));
    stranger.listen(Number(new URL(host.urls.green).port), '127.0.0.1');
    await once(stranger, 'listening');
    try {
      expect(await rollOut('release', await make('two'))).toEqual([
        2,
        expect.stringContaining('what answers on green was not started by this program'),
      ]);
    } finally {
      stranger.close();
    }
    expect(await host.state()).toMatchObject({ live: 'blue', rollout: null });
  });

  it('takes a process for its own that says whose place it has, whoever started it', async () => {
    const one = await make('one');
    await host.write({ live: 'blue', releases: { blue: one, green: null }, rollout: null });
    await writeFile(file, 'default "none"');
    const { port } = new URL(host.urls.blue);
    const unit = spawn(process.execPath, ['src/main.ts', 'web'], {
      cwd: one,
      env: { PORT: port, MAINSTAY_ROLLOUT_PLACE: `${host.folder}#blue` },
      stdio: 'ignore',
    });
    await until(async () => (await served('blue')) === 'one', { what: 'the unit' });
    expect(await rollOut('release', await make('two'))).toEqual([
      0,
      expect.stringContaining('blue has ended what was under way and stopped'),
    ]);
    expect(unit.exitCode).toBe(0);
    expect([await served('blue'), await served('green')]).toEqual([null, 'two']);
  });

  it('starts a release anew that had all of the traffic when the machine ended', async () => {
    const [one, two] = [await make('one'), await make('two')];
    await rollOut('release', one);
    const rollout = { id: '1', release: two, to: 'green', steps: [100], step: 0, expected: {} };
    await host.write({
      ...{ live: 'blue', releases: { blue: one, green: null } },
      rollout: { ...rollout, to: 'green', phase: 'finishing' },
    });
    expect(await rollOut('resume')).toEqual([0, expect.stringContaining('on green')]);
    expect([await served('blue'), await served('green')]).toEqual([null, 'two']);
  });

  it.each(['SIGHUP', 'SIGTERM'] as const)(
    'is given back when whoever watches is gone (%s), though nobody reads what is said',
    async (signal) => {
      await rollOut('release', await make('one'));
      const run = host.rollout('release', await make('two'), '--steps', '5,100');
      await until(() => run.said().includes('5 % of the traffic'), { what: 'the first share' });
      run.child.stdout?.destroy();
      run.child.stderr?.destroy();
      run.child.kill(signal);
      if (signal === 'SIGHUP') {
        // A terminal's end is told by the system, and by its shell.
        const undoing = async () => (await host.state()).rollout?.phase === 'undoing';
        await until(undoing, { what: 'the first signal' });
        run.child.kill(signal);
      }
      expect(await run.ended).toBe(1);
      expect(await host.state()).toMatchObject({ live: 'blue', rollout: null });
      expect([await served('blue'), await served('green')]).toEqual(['one', null]);
    },
  );

  it('knows a release by its whole path, from whichever folder it was named', async () => {
    const one = await make('one');
    await rollOut('release', relative(process.cwd(), one));
    expect(await host.state()).toMatchObject({ releases: { blue: one } });
  });

  it.each([
    [
      'another version that begins alike',
      '{"version":"1.1.10"}',
      'of version 1.1.10, expected was 1.1.1',
    ],
    ['no word of JSON', 'OK', 'answers /health/live with'],
    ['nothing', 'null', 'answers /health/live with'],
  ])(
    'takes back a release that says %s when it is asked who it is',
    async (_what, live, reason) => {
      expect(await rollOut('release', await make('odd', live), '--version', '1.1.1')).toEqual([
        1,
        expect.stringContaining(reason),
      ]);
      expect(await host.state()).toMatchObject({ live: null, rollout: null });
      expect(await served('blue')).toBeNull();
    },
  );

  it('does nothing where what it knows of releases cannot be read', async () => {
    await host.write('{"live": "bl');
    expect(await rollOut('release', await make('one'))).toEqual([
      2,
      expect.stringMatching(/^\S+state\.json cannot be read: /),
    ]);
  });
});
