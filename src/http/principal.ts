import { ShopError } from '../shared/errors.ts';
import type { App, Request } from './app-type.ts';

/** Who makes a request: an access token's holder in the API, a browser session's in the pages. */
export interface Principal {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'customer' | 'admin';
  readonly sessionId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in, or null. */
    principal: Principal | null;
  }
}

/**
 * Reads `Authorization: Bearer` on the API's routes. The API ignores cookies, so a foreign page cannot act in a
 * visitor's name. A token that is present but not valid is a 401 also where none is needed.
 */
export function bearerAuthentication(
  app: App,
  verify: (accessToken: string) => Promise<Principal>,
): void {
  app.addHook('onRequest', async (request) => {
    const header = request.headers.authorization;
    if (header === undefined) return;
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
    if (token === undefined)
      throw new ShopError('unauthenticated', 'Send the access token as "Authorization: Bearer …".');
    request.principal = await verify(token);
  });
}

/** The signed-in user. @throws ShopError unauthenticated when nobody is. */
export function principalOf(request: Request): Principal {
  if (request.principal === null)
    throw new ShopError('unauthenticated', 'Send an access token: "Authorization: Bearer …".');
  return request.principal;
}

/** Guard (onRequest) of routes for signed-in users. */
export async function signedIn(request: Request): Promise<void> {
  principalOf(request);
}

/** Guard (onRequest) of routes for administrators. */
export async function adminOnly(request: Request): Promise<void> {
  if (principalOf(request).role !== 'admin')
    throw new ShopError('forbidden', 'Only an administrator may do this.');
}
