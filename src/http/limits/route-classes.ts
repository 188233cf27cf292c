import type { App } from '../app-type.ts';
import type { Rate } from './gcra.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route is limited as; null: not at all. */
    routeClass?: RouteClass | null;
  }
}

/**
 * What one customer, machine or network may ask, by the class of the route. A class is meant to hold back who takes
 * the shop down for others, so each is far above what a person or a well-meant program asks, and high enough that the
 * people behind one address of an office or a school do not feel it. What is dear for its own reasons (guessing
 * passwords, registering, mails) has narrower limits of its own beside these.
 */
export const CLASSES = {
  asset: perMinute(12_000),
  page: perMinute(6000),
  read: perMinute(6000),
  search: perMinute(3000),
  write: perMinute(3000),
  order: perMinute(1800),
  auth: perMinute(1200),
  upload: perMinute(120),
  console: perMinute(6000),
  webhook: perMinute(6000),
} as const;

export type RouteClass = keyof typeof CLASSES;

/** Tokens and sessions that are none: who guesses them is found by the network they come from. */
export const BAD_CREDENTIALS = perMinute(1200);

/** A rate in percent of itself. */
export function scaled({ limit, periodSeconds }: Rate, percent: number): Rate {
  return { limit: Math.max(1, Math.round((limit * percent) / 100)), periodSeconds };
}

/** The rates of all classes, in percent of themselves. */
export function ratesAt(percent: number): Readonly<Record<RouteClass, Rate>> {
  const rates = Object.entries(CLASSES).map(([name, rate]) => [name, scaled(rate, percent)]);
  return Object.fromEntries(rates);
}

/** By method and address; the first that fits counts. `null` is never limited: whoever looks whether we live. */
const ADDRESSES: readonly (readonly [RegExp, RouteClass | null])[] = [
  [/^\w+ \/(health\/|metrics$)/, null],
  [/^POST \/(api\/products|admin)\/import$/, 'upload'],
  [/^\w+ \/admin(\/|$)/, 'console'],
  [/^POST \/api\/webhooks\//, 'webhook'],
  [/^POST \/(api\/auth\/|sign-|forgot-password|reset-password)/, 'auth'],
  [/^(GET|HEAD) \/(sign-in|confirm)\/provider/, 'auth'],
  [/^(POST|PUT|DELETE) \/(api\/)?(orders|checkout|payments)(\/|$)/, 'order'],
  [/^(GET|HEAD) \/(api\/products\/)?search$/, 'search'],
  [/^(GET|HEAD) .*\*$/, 'asset'],
  [/^(GET|HEAD) \/api\//, 'read'],
  [/^(GET|HEAD) /, 'page'],
  [/^(POST|PUT|PATCH|DELETE) /, 'write'],
];

/**
 * The class of a route; null for one that is never limited.
 * @throws Error for a method that no class is meant for, so that such a route is thought about.
 */
function classOf(method: string, url: string): RouteClass | null {
  const found = ADDRESSES.find(([address]) => address.test(`${method} ${url}`));
  if (found === undefined) throw new Error(`${method} ${url} is in no class of routes`);
  return found[1];
}

/** Has every route that is registered from here on know its class. */
export function classifyRoutes(app: App): void {
  app.addHook('onRoute', (route) => {
    const method = [route.method].flat()[0] ?? 'GET';
    route.config = { ...route.config, routeClass: classOf(method, route.url) };
  });
}

function perMinute(limit: number): Rate {
  return { limit, periodSeconds: 60 };
}
