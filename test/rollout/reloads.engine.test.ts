import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resetsAtReload } from '../../deploy/rollout/proxies/resets.ts';
import { describeWith, output } from '../observability/engines.ts';

/** Runs a program in a network of its own, whose listeners hand on what waits in them when they close. */
const IN_OWN_NETWORK = [
  '--net',
  'sh',
  '-c',
  'ip link set lo up && echo 1 > /proc/sys/net/ipv4/tcp_migrate_req && exec "$@"',
  'sh',
];

function ownNetwork(): boolean {
  try {
    execFileSync('unshare', [...IN_OWN_NETWORK, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describeWith(['caddy'], 'Caddy that reads its file anew', () => {
  // It takes root and a kernel that has the setting; ROLLOUT_RELOADS is for longer runs by hand.
  it.runIf(ownNetwork())('loses no connection where the kernel hands them on', async () => {
    const rounds = process.env.ROLLOUT_RELOADS ?? '4';
    const said = await output('unshare', [
      ...IN_OWN_NETWORK,
      process.execPath,
      'test/rollout/reloads.ts',
      rounds,
    ]);
    process.stdout.write(`${said}\n`);
    expect(JSON.parse(said)).toMatchObject({ reloads: 3 * Number(rounds), failures: [] });
  });
});

describe('a rollout', () => {
  const settingOf = (value: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'mainstay-setting-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'setting'), `${value}\n`);
    return join(folder, 'setting');
  };

  it('says that Caddy may reset connections where the kernel does not hand them on', () => {
    expect(resetsAtReload({ kind: 'caddy' }, settingOf('0'))).toContain('tcp_migrate_req');
    expect(resetsAtReload({ kind: 'caddy' }, '/not/there')).toContain('tcp_migrate_req');
    expect(resetsAtReload({ kind: 'caddy' }, settingOf('1'))).toBeNull();
    expect(resetsAtReload({ kind: 'nginx' }, settingOf('0'))).toBeNull();
  });
});
