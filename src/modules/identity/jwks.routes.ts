import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import type { Keyring } from '../../secrets/keyring.ts';

const Key = Type.Object({
  kty: Type.String({ examples: ['OKP'] }),
  crv: Type.String({ examples: ['Ed25519'] }),
  x: Type.String(),
  y: Type.Optional(Type.String()),
  kid: Type.String({ description: 'Names the key in the header of a token.' }),
  alg: Type.String({ examples: ['EdDSA'] }),
  use: Type.Literal('sig'),
});
const Keys = Type.Object({ keys: Type.Array(Key) });

/** The public keys of access tokens, for other services that take them. A shop that signs with a secret has none. */
export function jwksRoutes(app: App, { keyring }: { keyring: Keyring }): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['Identity'],
        summary: 'The public keys of access tokens (RFC 7517)',
        description:
          'Empty where the shop signs with a secret. A new key is listed before anything is signed with it.',
        response: { 200: Keys },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60');
      return { keys: keyring.keys().flatMap(({ published }) => published ?? []) };
    },
  );
}
