import type { onRequestAsyncHookHandler, RouteOptions } from 'fastify';
import { ShopError } from '../shared/errors.ts';
import type { App, Reply, Request } from './app-type.ts';
import { pageOf, seeOther, withWayBack } from './ways.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route does what a session that was left open or stolen must not do: who asks proves again who they are. */
    readonly stepUp?: true;
  }
}

/** Whether whoever uses a session proved a moment ago that it is they. */
export type IsConfirmed = (sessionId: string) => Promise<boolean>;

/**
 * Holds every route of a scope that declares `config: { stepUp: true }` to a recent proof of who asks. `ask` answers
 * who has to give one first.
 */
export function enforceStepUp(
  app: App,
  {
    isConfirmed,
    ask,
  }: { isConfirmed: IsConfirmed; ask: (request: Request, reply: Reply) => unknown },
): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (!route.config?.stepUp) return;
    const guard: onRequestAsyncHookHandler = async (request, reply) => {
      const { principal } = request;
      // The guard of access stands first among a route's, and this one last: nobody is signed in only where anybody
      // may ask. A program proves itself by its key with every request.
      if (principal === null || principal.apiKey !== undefined) return;
      if (await isConfirmed(principal.sessionId)) return;
      return ask(request as Request, reply as Reply);
    };
    route.onRequest = [...[route.onRequest ?? []].flat(), guard];
  });
}

/** How the API asks for a proof. @throws ShopError step_up_required, always. */
export function demandStepUp(): never {
  throw new ShopError(
    'step_up_required',
    'Confirm first that it is you: POST /api/auth/confirm with your password, and a code where your account asks for one.',
    { members: { confirmAt: '/api/auth/confirm' } },
  );
}

/** How the pages ask for a proof: on a page of its own, which leads back to where the form is. */
export function askToConfirm(app: App) {
  return (request: Request, reply: Reply): Reply =>
    seeOther(reply, withWayBack('/confirm', pageOf(app, request)));
}
