import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { networkOf, wideNetworkOf } from '../../src/shared/network.ts';

const group = fc.integer({ min: 0, max: 0xffff }).map((bits) => bits.toString(16));
const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });

describe('the network that an address is limited as', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['1::8', '1:0:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4'],
    ['1:2:3::7:8', '1:2:3:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:203.111.113.177', '203.111.113.177'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:4711', '2001:db8:0:0'],
    ['[2001:db8::1]', '2001:db8:0:0'],
    ['[::ffff:203.0.113.7]:4711', '203.0.113.7'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is one for all addresses of a /64, and another for every other /64', () => {
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), groups(4), (net, other, one, two) => {
        const network = networkOf([...net, ...one].join(':'));
        expect(networkOf([...net, ...two].join(':'))).toBe(network);
        if (net.join() !== other.join())
          expect(networkOf([...other, ...one].join(':'))).not.toBe(network);
      }),
    );
  });

  it('is one however the zeros of an address are written', () => {
    fc.assert(
      fc.property(groups(8), fc.nat(7), fc.nat(8), (address, from, count) => {
        const to = Math.min(8, from + count);
        const whole = address.map((part, at) => (at >= from && at < to ? '0' : part));
        const short = `${whole.slice(0, from).join(':')}::${whole.slice(to).join(':')}`;
        expect(networkOf(to > from ? short : whole.join(':'))).toBe(networkOf(whole.join(':')));
      }),
    );
  });
});

describe('the network that is kept for good', () => {
  test.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['203.0.113.7:4711', '203.0.113.0/24'],
    ['[2001:db8::1]:4711', '2001:db8:0::/48'],
  ])('of %s is %s', (address, network) => {
    expect(wideNetworkOf(address)).toBe(network);
  });

  test.each(['', 'localhost', '203.0.113', '203.0.113.7.8', 'x::ffff:1.2.3.4', '::ffff:1.2.3.4x'])(
    'is none where there is no address: %j',
    (text) => {
      expect(wideNetworkOf(text)).toBeNull();
    },
  );

  it('tells nobody apart who shares the first three bytes', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), (address, last) => {
        const neighbour = address.replace(/\d+$/, String(last));
        expect(wideNetworkOf(neighbour)).toBe(wideNetworkOf(address));
      }),
    );
  });
});
