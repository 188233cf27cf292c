import { ShopError } from '../../shared/errors.ts';
import { networkOf } from '../../shared/network.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { App, Reply, Request } from '../app-type.ts';
import type { Limits, Rate, Verdict } from './gcra.ts';
import { localLimits } from './local-limits.ts';
import { BAD_CREDENTIALS, type RouteClass, ratesAt, scaled } from './route-classes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether who asks is found out before it is limited. */
    limitedByPrincipal?: boolean;
  }
}

/** Limits the routes of a scope by who is signed in; called once the scope's authentication is in place. */
export type LimitByPrincipal = (
  scope: App,
  how: { readonly gaveCredential: (request: Request) => boolean },
) => void;

/**
 * Takes a visitor's request from their limit: the headers that say so, or null where it is for the server to refuse it.
 */
export type AnonymousLimit = (
  routeClass: RouteClass,
  address: string,
) => readonly string[] | null | Promise<readonly string[] | null>;

/** How requests are limited where the server itself does not do it. */
export interface Limiting {
  readonly byPrincipal: LimitByPrincipal;
  readonly anonymous: AnonymousLimit;
}

/** Limits nobody. */
export const NO_LIMITS: Limiting = { byPrincipal: () => undefined, anonymous: () => [] };

/**
 * Holds every request to the rate of its class (draft-ietf-httpapi-ratelimit-headers-10): by the network it comes
 * from, or, in scopes that are told so, by who is signed in. Credentials that are no good count against the network,
 * before they are looked at.
 */
export function limitRequests(
  app: App,
  {
    limits,
    metrics,
    percent = 100,
  }: { limits: Limits; metrics: Pick<Metrics, 'rateLimited'>; percent?: number },
): Limiting {
  const badCredentials = localLimits({ capacity: 20_000 });
  const badRate = scaled(BAD_CREDENTIALS, percent);
  const rates = ratesAt(percent);

  for (const name of [...Object.keys(rates), 'credentials'])
    metrics.rateLimited.inc({ class: name }, 0);
  app.addHook('onRequest', async (request, reply) => {
    const { limitedByPrincipal } = request.routeOptions.config;
    if (!limitedByPrincipal) return hold(request, reply, networkOf(request.ip));
    if (badCredentials.isEmpty(networkOf(request.ip), badRate))
      answer(reply, 'credentials', badRate, countBad(request));
  });

  function countBad(request: Request): Verdict {
    return badCredentials.take(networkOf(request.ip), badRate);
  }

  async function hold(request: Request, reply: Reply, subject: string): Promise<void> {
    // What no route is found for is limited as pages are.
    const { routeClass = 'page' } = request.routeOptions.config;
    if (routeClass === null) return;
    const rate = rates[routeClass];
    answer(reply, routeClass, rate, await limits.take(`${routeClass}:${subject}`, rate));
  }

  function answer(reply: Reply, name: string, rate: Rate, verdict: Verdict): void {
    reply.headers(headersOf(name, rate, verdict));
    if (verdict.allowed) return;
    metrics.rateLimited.inc({ class: name });
    throw new ShopError(
      'rate_limited',
      `Too many requests. Try again in ${verdict.seconds} ${verdict.seconds === 1 ? 'second' : 'seconds'}.`,
      { retryAfterSeconds: verdict.seconds },
    );
  }

  const anonymous: AnonymousLimit = (routeClass, address) => {
    const network = networkOf(address);
    if (badCredentials.isEmpty(network, badRate)) return null;
    const rate = rates[routeClass];
    const headers = (verdict: Verdict) =>
      verdict.allowed ? Object.entries(headersOf(routeClass, rate, verdict)).flat() : null;
    const verdict = limits.take(`${routeClass}:${network}`, rate);
    return verdict instanceof Promise ? verdict.then(headers) : headers(verdict);
  };

  const byPrincipal: LimitByPrincipal = (scope, { gaveCredential }) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, limitedByPrincipal: true };
    });
    scope.addHook('onRequest', async (request, reply) => {
      const { principal } = request;
      if (principal === null && gaveCredential(request)) countBad(request);
      await hold(request, reply, principal?.userId ?? networkOf(request.ip));
    });
    // A refusal by the authentication itself: what comes after it has counted already.
    scope.addHook('onError', async (request, reply, error) => {
      if (!(error instanceof ShopError) || error.code !== 'unauthenticated') return;
      if (gaveCredential(request) && !reply.hasHeader('ratelimit')) countBad(request);
    });
  };
  return { byPrincipal, anonymous };
}

function headersOf(name: string, rate: Rate, { remaining, seconds }: Verdict) {
  return {
    'ratelimit-policy': `"${name}";q=${rate.limit};w=${rate.periodSeconds}`,
    ratelimit: `"${name}";r=${remaining};t=${seconds}`,
  };
}
