import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { App } from './app-type.ts';

/** How addresses are read: with a slash at their end or without. */
export const ROUTING = { ignoreTrailingSlash: true, maxParamLength: 300 };

/** Tells by which methods an address is there, of the routes that are added to a server from now on. */
export function methodsOf(app: App): (address: string) => string[] {
  const router = findMyWay(ROUTING);
  const known = new Set<HTTPMethod>();
  app.addHook('onRoute', ({ method, url }) => {
    // Files lie at any address: nothing is there for that.
    if (url === '/*') return;
    for (const one of [method].flat() as HTTPMethod[]) {
      known.add(one);
      router.on(one, url, () => {});
    }
  });
  return (address) => [...known].filter((method) => router.find(method, address) !== null);
}
