import { ShopError } from '../shared/errors.ts';
import type { Permission, UserRole } from '../shared/permissions.ts';
import type { App, Request } from './app-type.ts';

/** Somebody with a session. */
export interface SessionHolder {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly sessionId: string;
}

/** Who makes a request: an access token's holder or a key's in the API, a browser session's in the pages. */
export interface Principal extends SessionHolder {
  /** As they are now, not as they were when the session began. */
  readonly permissions: ReadonlySet<Permission>;
  /** Of a program that sends an API key, whose id stands for the user's and the session's. */
  readonly apiKey?: { readonly makerId: string };
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
  holderOf: (accessToken: string) => Promise<Principal>,
): void {
  app.addHook('onRequest', async (request) => {
    const header = request.headers.authorization;
    if (header === undefined) return;
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
    if (token === undefined)
      throw new ShopError('unauthenticated', 'Send the access token as "Authorization: Bearer …".');
    request.principal = await holderOf(token);
  });
}

/** The signed-in user. @throws ShopError unauthenticated when nobody is. */
export function principalOf(request: Request): Principal {
  if (request.principal === null)
    throw new ShopError('unauthenticated', 'Send an access token: "Authorization: Bearer …".');
  return request.principal;
}

/** Whether somebody signed in has a permission. */
export function isAllowed(request: Request, permission: Permission): boolean {
  return request.principal?.permissions.has(permission) ?? false;
}

/** For what depends on more than the route. @throws ShopError forbidden without the permission. */
export function demand(request: Request, permission: Permission): void {
  if (!principalOf(request).permissions.has(permission))
    throw new ShopError('forbidden', `This needs the permission ${permission}.`);
}

/** Whose things a request may reach: everybody's (null) with the permission, else the caller's own. */
export function ownerWithin(request: Request, permission: Permission): string | null {
  const { permissions, userId } = principalOf(request);
  return permissions.has(permission) ? null : userId;
}
