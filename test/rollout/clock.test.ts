import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { becomeReady } from '../../deploy/rollout/checks.ts';

it('a release that starts has its time, though the clock of the machine is set forward meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  let asked = 0;
  const place = createServer((_request, response) => {
    asked += 1;
    if (asked === 1) vi.setSystemTime(Date.now() + 3_600_000);
    response.writeHead(asked === 1 ? 503 : 200, { connection: 'close' }).end('{}');
  });
  await new Promise<void>((resolve) => place.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void place.close());
  const url = `http://127.0.0.1:${(place.address() as AddressInfo).port}`;
  const config = {
    addresses: { blue: { url }, green: { url } },
    limits: { readySeconds: 60 },
  } as Parameters<typeof becomeReady>[0];
  const instances = { runs: async () => true } as unknown as Parameters<typeof becomeReady>[1];
  await becomeReady(config, instances, 'blue');
  expect(asked).toBe(2);
});
