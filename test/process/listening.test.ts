import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';
import { logLines, makeDataDir, runEntry, startEntry } from '../support/process.ts';
import { until } from '../support/until.ts';

/** A port of 127.0.0.1 that another program listens on. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function place() {
  const dataDir = await makeDataDir();
  onTestFinished(dataDir.remove);
  return { DATA_DIR: dataDir.path, STRIPE_STANDIN_PORT: '0', DEMO_CATALOGUE: 'off' };
}

describe('a shop that cannot listen', () => {
  let port: string;
  beforeAll(async () => {
    port = String(await freePort());
  });

  it.each([
    ['http://0.0.0.0', /HOST is no address: "http:\/\/0\.0\.0\.0" does not resolve/],
    ['203.0.113.7', /HOST is no address of this machine: 203\.0\.113\.7/],
  ])('on HOST=%s says so, and begins nothing', async (HOST, problem) => {
    const env = await place();
    const { code, out, err } = await runEntry('main.ts', [], { ...env, HOST, PORT: port });
    expect(err).toMatch(problem);
    expect(err.trim().split('\n')).toHaveLength(2);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(existsSync(join(env.DATA_DIR, 'postgres'))).toBe(false);
  });

  it('as others have its ports lists both', async () => {
    const [PORT, METRICS_PORT] = [String(await takenPort()), String(await takenPort())];
    const { code, err } = await runEntry('main.ts', [], { ...(await place()), PORT, METRICS_PORT });
    expect(err.trim().split('\n').slice(1)).toEqual([
      `  - PORT ${PORT} is in use: stop what listens there, such as another Mainstay, or choose another`,
      `  - METRICS_PORT ${METRICS_PORT} is in use: stop what listens there, such as another Mainstay, or choose another`,
    ]);
    expect(code).toBe(1);
  });
});

it('a shop that listens on an address of IPv6 writes it as in URLs', async () => {
  const env = { ...(await place()), HOST: '::1', PORT: String(await freePort()) };
  const { child, output, ended } = startEntry('main.ts', [], env);
  onTestFinished(() => void child.kill('SIGKILL'));
  const open = () => logLines(output).find(({ message }) => message === 'shop is open');
  await until(() => open() !== undefined, { what: 'the shop' });
  expect(open()?.url).toBe(`http://[::1]:${env.PORT}`);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
