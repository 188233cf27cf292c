import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebhookSender } from '../../src/modules/webhooks/webhook-post.gateway.ts';

/** As in production: https and public addresses alone. */
const sender = createWebhookSender({ insecure: false });
const message = { id: 'evt', body: '{}', secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] };

let visits = 0;
let port: number;
/** Listens on every address of this machine. */
const inside = createServer((socket) => {
  visits += 1;
  socket.destroy();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => inside.listen(0, resolve));
  port = (inside.address() as AddressInfo).port;
});
beforeEach(() => {
  visits = 0;
});
afterAll(() => void inside.close());

async function expectRefused(host: string): Promise<void> {
  const { status, error } = await sender.send({ ...message, url: `https://${host}:${port}/` });
  expect([host, status, visits]).toEqual([host, null, 0]);
  expect(error).toMatch(/is not allowed\. Because,? It is/);
}

describe('an outgoing webhook does not reach into the network of the shop', () => {
  it.each([
    ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1'],
    ...['0177.0.0.1', '017700000001', '0177.0x0.1', '127.0.0.1.', '１２７.0.0.1', '127。0。0。1'],
    ...['0.0.0.0', '0', '0.1.2.3', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]'],
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::7f00:1]'],
    ...[
      '[2002:7f00:1::]',
      '[2001:0:7f00:1::]',
      '[fe80::1]',
      '[fc00::1]',
      '[fd12:3456::1]',
      '[ff02::1]',
    ],
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '169.254.169.254'],
    ...[
      '192.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '240.0.0.1',
    ],
    ...['255.255.255.255', '[2001:db8::1]', '[::ffff:169.254.169.254]', '[fd00:ec2::254]'],
    ...['[64:ff9b:1::7f00:1]', '[::7f00:1]', '[::a00:1]', 'localhost', 'LOCALHOST'],
  ])('at %s', expectRefused);
});

describe('a name that leads inside', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  /** Has every name lead to what is given, one answer after the other; counts how often one is asked for. */
  function resolveTo(...answers: readonly string[][]): { asked: number } {
    const count = { asked: 0 };
    const lookup = (
      _name: string,
      { all }: dns.LookupOptions,
      done: (...given: unknown[]) => void,
    ) => {
      const addresses = answers[Math.min(count.asked, answers.length - 1)] ?? [];
      count.asked += 1;
      const found = addresses.map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
      if (all) done(null, found);
      else done(null, found[0]?.address, found[0]?.family);
    };
    vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);
    syncBuiltinESMExports();
    return count;
  }

  it.each([
    ['at once', [['127.0.0.1']]],
    ['by IPv6', [['::1']]],
    ['by a mapped address', [['::ffff:127.0.0.1']]],
    ['by a compatible address', [['::7f00:1']]],
    ['by a local NAT64', [['64:ff9b:1::7f00:1']]],
    ['beside a public address', [['93.184.216.34', '127.0.0.1']]],
    ['before a public address', [['127.0.0.1', '93.184.216.34']]],
    ['to the metadata of a cloud', [['169.254.169.254']]],
  ])('is refused: %s', async (_how, answers) => {
    resolveTo(...(answers as string[][]));
    await expectRefused('inside.example');
  });

  it('is asked for once for each attempt, so that what was judged is what is connected to', async () => {
    const rebinding = resolveTo(['10.0.0.1'], ['127.0.0.1']);
    await expectRefused('rebinds.example');
    expect(rebinding.asked).toBe(1);
    vi.restoreAllMocks();
    const count = resolveTo(['127.0.0.1'], ['10.0.0.1']);
    const inDevelopment = createWebhookSender({ insecure: true });
    await inDevelopment.send({ ...message, url: `http://rebinds.example:${port}/` });
    expect([count.asked, visits]).toEqual([1, 1]);
  });
});
