import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/** Tells the address that a request comes from, as the framework does: behind proxies that are trusted, who asked them. */
export function addressBehind(
  proxies: readonly string[] | false,
): (request: IncomingMessage) => string {
  if (proxies === false) return (request) => request.socket.remoteAddress ?? '';
  const trusted = proxyAddress.compile([...proxies]);
  return (request) => proxyAddress(request, trusted);
}
