import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network that an address counts as: an IPv4 address by itself, an IPv6 one by its /64, as one customer holds a
 * /64 and can use any address in it. An IPv4 address written as IPv6 is the IPv4 address.
 */
export function networkOf(address: string): string {
  const plain = unmapped(address);
  return plain.includes(':') ? groupsOf(plain).slice(0, 4).join(':') : plain;
}

/**
 * The network of an address that is kept for good, so wide that it names nobody: of IPv4 the first three bytes, of
 * IPv6 the first 48 bits; null for what is no address.
 */
export function wideNetworkOf(address: string): string | null {
  const plain = unmapped(address);
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 3).join(':')}::/48` : null;
}

function unmapped(address: string): string {
  const plain = withoutPort(address);
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain;
}

/** Some proxies, such as Azure's, write the port of a connection behind its address. */
function withoutPort(address: string): string {
  const [, v4, v6] = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[(.*)\](?::\d+)?)$/.exec(address) ?? [];
  return v4 ?? v6 ?? address;
}

/** The groups of an IPv6 address, with the zeros that `::` leaves out and without its zone. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after];
}
