import type { onRequestAsyncHookHandler, RouteOptions } from 'fastify';
import { ShopError } from '../shared/errors.ts';
import type { Permission } from '../shared/permissions.ts';
import type { App, Reply, Request } from './app-type.ts';
import { demand, principalOf } from './principal.ts';

/** Who may use a route: `staff` is everybody who works in the console, whatever they may do there. */
export type Access = 'anyone' | 'signed-in' | 'staff' | Permission;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route of the API and the pages declares it; one without does not register. */
    readonly access?: Access;
    /** Whether the route changes who may do what: it ends sessions, or changes roles. */
    readonly changesStanding?: boolean;
    /** On routes for everybody signed in: the permission with which API keys use them too; else people alone do. */
    readonly keysWith?: Permission;
  }
}

/**
 * Holds every route of a scope to the access that it declares, before anything of its input is looked at.
 * `askToSignIn` answers who is not signed in, where that is more than a refusal.
 */
export function enforceAccess(
  app: App,
  askToSignIn: (request: Request, reply: Reply) => unknown = principalOf,
): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    const access = route.config?.access;
    if (access === undefined)
      throw new Error(`${route.method} ${route.url} declares no access: config: { access: … }`);
    if (access === 'anyone') return;
    const guard: onRequestAsyncHookHandler = async (request, reply) => {
      if (request.principal === null) return askToSignIn(request as Request, reply as Reply);
      allow(request as Request, access);
    };
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()];
  });
}

function allow(request: Request, access: Exclude<Access, 'anyone'>): void {
  if (access !== 'signed-in' && access !== 'staff') demand(request, access);
  else if (principalOf(request).apiKey !== undefined) allowKey(request);
  else if (access === 'staff' && principalOf(request).role === 'customer')
    throw new ShopError('forbidden', 'This is for the people who run the shop.');
}

function allowKey(request: Request): void {
  const { keysWith } = request.routeOptions.config;
  if (keysWith === undefined)
    throw new ShopError('forbidden', 'This is for people, not for API keys.');
  demand(request, keysWith);
}

/** Lets go of what is remembered about callers once a route changed it, before its answer leaves. */
export function forgetAfterChanges(app: App, forget: () => void): void {
  app.addHook('onSend', async (request) => {
    if (request.routeOptions.config.changesStanding) forget();
  });
}
