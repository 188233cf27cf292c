import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/**
 * IPv6 outside of the public internet (2000::/3). The agent knows private ranges, but not all in which an IPv6 address
 * stands for an IPv4 one that nobody has looked at: compatible ones (::/96), those of a local NAT64 (64:ff9b:1::/48).
 */
const elsewhere = new BlockList();
elsewhere.addSubnet('::', 3, 'ipv6');
elsewhere.addSubnet('4000::', 2, 'ipv6');
elsewhere.addSubnet('8000::', 1, 'ipv6');

/** @throws Error for a host that is an IPv6 address outside of the public internet; names are judged by `publicLookup`. */
export function assertPublic(host: string): void {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIPv6(address) && elsewhere.check(address, 'ipv6'))
    throw new Error(`${host} is not allowed. Because, It is private IP address.`);
}

/** Node's own look-up, refusing what `assertPublic` refuses. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, options, (error, found: string | LookupAddress[], family?: number) => {
    try {
      if (error) throw error;
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      addresses.forEach(assertPublic);
      done(null, found, family);
    } catch (refusal) {
      done(refusal as Error, found, family);
    }
  });
};
