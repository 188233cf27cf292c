import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxyOf, type ReverseProxy } from '../../deploy/rollout/proxies/proxy.ts';
import { describeWith } from '../observability/engines.ts';
import { until } from '../support/until.ts';
import { caddyForRollouts, nginxForRollouts } from './proxies.ts';

// The same ones each time: who meets which release is no matter of luck.
const VISITORS = Array.from({ length: 150 }, (_, at) =>
  hash('sha256', `visitor ${at}`, 'base64url'),
);
const ADDRESSES = Array.from({ length: 20 }, (_, at) => `127.0.0.${at + 2}`);
const start = { nginx: nginxForRollouts, caddy: caddyForRollouts };

describeWith(['nginx', 'caddy'], 'a share of the traffic', () => {
  describe.each(['nginx', 'caddy'] as const)('by %s', (kind) => {
    let proxy: Awaited<ReturnType<typeof nginxForRollouts>>;
    let told: ReverseProxy;
    let places: Record<'blue' | 'green', Server>;
    let addresses: Record<'blue' | 'green', { url: string; upstream: string }>;

    beforeAll(async () => {
      proxy = await start[kind]();
      places = { blue: await place('blue'), green: await place('green') };
      addresses = { blue: addressOf(places.blue), green: addressOf(places.green) };
      told = proxyOf(proxy.entry, addresses);
    });
    afterAll(async () => {
      for (const server of Object.values(places ?? {})) server.close();
      await proxy?.stop();
    });

    const shift = async (share: number) => {
      const name = `to green ${share}`;
      await told.send({ name, to: 'green', share, spare: true });
      // Workers of nginx that are told to end take connections for a moment yet.
      await until(async () => {
        const asked = Array.from({ length: 30 }, () =>
          ask(proxy.url, {}, '127.0.0.1', '/.rollout'),
        );
        return (await Promise.all(asked)).every((heard) => heard.trim() === name);
      });
    };
    const askedBy = (visitor: string) =>
      ask(proxy.url, { cookie: `other=1; __Host-mainstay_visitor=${visitor}` });
    const onGreen = async (visitors: readonly string[]) => {
      const met = await Promise.all(visitors.map(askedBy));
      return visitors.filter((_, at) => met[at] === 'green');
    };
    const programsOnGreen = async () => {
      const met = await Promise.all(ADDRESSES.map((address) => ask(proxy.url, {}, address)));
      return ADDRESSES.filter((_, at) => met[at] === 'green');
    };

    it('is met by about so many visitors, who stay where they are while it grows', async () => {
      let before: readonly string[] = [];
      let programsBefore: readonly string[] = [];
      for (const share of [5, 25, 50, 100]) {
        await shift(share);
        const now = await onGreen(VISITORS);
        expect(Math.abs(now.length / VISITORS.length - share / 100)).toBeLessThan(0.16);
        expect(now).toEqual(expect.arrayContaining([...before]));
        expect(await onGreen(now)).toEqual(now);
        const programs = await programsOnGreen();
        expect(programs).toEqual(expect.arrayContaining([...programsBefore]));
        expect(await programsOnGreen()).toEqual(programs);
        // And what is kept inside stays there.
        expect(await ask(proxy.url, {}, '127.0.0.1', '/metrics')).not.toMatch(/^(blue|green)$/);
        [before, programsBefore] = [now, programs];
      }
      expect([before.length, programsBefore.length]).toEqual([VISITORS.length, ADDRESSES.length]);
    });

    it('is left as it was by a file that the proxy does not take', async () => {
      const file = await readFile(proxy.entry.file, 'utf8');
      const broken = { ...addresses, green: { ...addresses.green, upstream: '{' } };
      const refused = proxyOf(proxy.entry, broken).send({
        name: 'x',
        to: 'green',
        share: 5,
        spare: true,
      });
      await expect(refused).rejects.toThrow(/release\./);
      expect(await readFile(proxy.entry.file, 'utf8')).toBe(file);
    });

    it('falls to the other release where this one is gone', async () => {
      await shift(50);
      places.green.closeAllConnections();
      places.green.close();
      const met = await Promise.all(VISITORS.slice(0, 40).map(askedBy));
      expect(new Set(met)).toEqual(new Set(['blue']));
    });
  });
});

async function place(name: string): Promise<Server> {
  // As the shop: longer than proxies keep what is idle.
  const server = createServer({ keepAliveTimeout: 72_000 }, (_request, response) =>
    response.end(name),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function addressOf(server: Server) {
  const upstream = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${upstream}`, upstream };
}

async function ask(
  url: string,
  headers: Record<string, string>,
  localAddress = '127.0.0.1',
  path = '/',
): Promise<string> {
  const { port } = new URL(url);
  const asked = request({
    ...{ host: '127.0.0.1', port, localAddress, path, agent: new Agent() },
    headers: { host: 'localhost', ...headers },
  }).end();
  const [answer] = await once(asked, 'response');
  return (await answer.toArray()).join('');
}
