import type { App } from '../../http/app-type.ts';
import { problemsFor } from '../../http/schemas.ts';
import { ApiSessionSchema } from '../identity/identity.schemas.ts';
import { type AccessTokens, createApiSession } from '../identity/session.service.ts';
import { PasskeyBody, RequestOptionsSchema } from './passkey.schemas.ts';
import type { PasskeyDeps } from './passkey-proof.service.ts';
import { askSignIn, signInByPasskey } from './passkey-sign-in.service.ts';

const tags = ['Identity'];

/** The API of signing in by a passkey, for a page of the shop's own address. */
export function passkeyRoutes(app: App, deps: PasskeyDeps & { tokens: AccessTokens }): void {
  const { tokens } = deps;
  app.post(
    '/api/auth/passkey/options',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Sign in by a passkey: what to ask the authenticator for',
        description: 'For `navigator.credentials.get()` on a page of the shop’s own address.',
        response: { 200: RequestOptionsSchema, ...problemsFor(400, 413, 415, 429) },
      },
    },
    () => askSignIn(deps),
  );
  app.post(
    '/api/auth/passkey',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Sign in by a passkey',
        description:
          'With what `navigator.credentials.get()` answered. It stands for password and second step.',
        body: PasskeyBody,
        response: { 200: ApiSessionSchema, ...problemsFor(400, 401, 413, 415, 429) },
      },
    },
    (request) =>
      signInByPasskey(deps, request.body, (tx, user, passkeyId) =>
        createApiSession(tx, {
          tokens,
          user,
          userAgent: request.headers['user-agent'],
          passkeyId,
        }),
      ),
  );
}
