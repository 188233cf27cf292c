import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

export const CLIENT = { id: 'the-shop', secret: 'a secret between shop and provider' };

/** Who signs in at the provider. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean | string | undefined;
  readonly name?: string;
}

/** What a provider that was taken over, or somebody between, makes of a sign-in. */
export interface Lies {
  /** Instead of the claims of the ID token. */
  readonly claims?: Record<string, unknown>;
  readonly signedBy?: 'another key' | 'nobody' | 'the client secret';
  /** Instead of what the browser is sent back with. */
  readonly answer?: Record<string, string | null>;
  /** Of the token's endpoint. */
  readonly status?: number;
  readonly userinfoSub?: string;
}

/**
 * A provider of OpenID Connect as the shop meets it: discovery, the code flow with PKCE and client authentication,
 * user info, keys. It holds the shop to the protocol, and asks nobody for a password.
 */
export async function startProvider() {
  const keys = await generateKeyPair('RS256');
  const strange = await generateKeyPair('RS256');
  const codes = new Map<string, { request: URLSearchParams; person: Person; lies: Lies }>();
  const tokens = new Map<string, { person: Person; lies: Lies }>();
  const state = {
    person: { sub: 'nobody' } as Person,
    lies: {} as Lies,
    /** Whether addresses are in the ID token, or are told by user info alone. */
    emailInIdToken: true,
    /** How long ago whoever signs in showed there who they are, unless they are asked to anew. */
    signedInSeconds: 0,
    calls: [] as string[],
  };
  let issuer = '';

  const pages: Record<
    string,
    (request: IncomingMessage, url: URL, body: URLSearchParams) => Answer | Promise<Answer>
  > = {
    '/.well-known/openid-configuration': () => ({
      body: {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      },
    }),
    '/jwks': async () => ({
      body: {
        keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
      },
    }),

    '/authorize': (_request, { searchParams: asked }) => {
      const complaint =
        asked.get('client_id') !== CLIENT.id ||
        asked.get('response_type') !== 'code' ||
        !asked.get('scope')?.split(' ').includes('openid') ||
        asked.get('code_challenge_method') !== 'S256' ||
        !asked.get('code_challenge') ||
        !asked.get('nonce') ||
        !asked.get('state');
      if (complaint) return { status: 400, body: { error: 'invalid_request' } };
      const code = randomUUID();
      codes.set(code, { request: asked, person: state.person, lies: state.lies });
      const back = new URL(asked.get('redirect_uri') ?? '');
      const answer = { code, state: asked.get('state'), iss: issuer, ...state.lies.answer };
      for (const [name, value] of Object.entries(answer))
        if (value !== null) back.searchParams.set(name, value);
      return { status: 303, location: back.href };
    },

    '/token': async (_request, _url, body) => {
      const given = codes.get(body.get('code') ?? '');
      codes.delete(body.get('code') ?? '');
      if (body.get('client_id') !== CLIENT.id || body.get('client_secret') !== CLIENT.secret)
        return { status: 401, body: { error: 'invalid_client' } };
      const challenge = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url');
      const fits =
        body.get('grant_type') === 'authorization_code' &&
        given?.request.get('redirect_uri') === body.get('redirect_uri') &&
        given?.request.get('code_challenge') === challenge;
      if (!given || !fits) return { status: 400, body: { error: 'invalid_grant' } };
      if (given.lies.status) return { status: given.lies.status, body: { error: 'server_error' } };
      const token = randomUUID();
      tokens.set(token, given);
      return {
        body: {
          access_token: token,
          token_type: 'Bearer',
          expires_in: 60,
          id_token: await idToken(given),
        },
      };
    },

    '/userinfo': (request) => {
      const given = tokens.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
      if (!given) return { status: 401, body: { error: 'invalid_token' } };
      const { userinfoSub } = given.lies;
      return { body: { ...given.person, ...(userinfoSub ? { sub: userinfoSub } : {}) } };
    },
  };

  function idToken({
    request,
    person,
    lies,
  }: {
    request: URLSearchParams;
    person: Person;
    lies: Lies;
  }) {
    const now = Math.floor(Date.now() / 1000);
    const claims: JWTPayload = {
      ...(state.emailInIdToken ? person : { sub: person.sub }),
      iss: issuer,
      aud: CLIENT.id,
      nonce: request.get('nonce') ?? '',
      iat: now,
      auth_time: request.get('prompt') === 'login' ? now : now - state.signedInSeconds,
      exp: now + 60,
      ...lies.claims,
    };
    if (lies.signedBy === 'nobody') return new UnsecuredJWT(claims).encode();
    if (lies.signedBy === 'the client secret')
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(CLIENT.secret));
    const key = lies.signedBy === 'another key' ? strange.privateKey : keys.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  }

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', issuer);
    state.calls.push(url.pathname);
    let text = '';
    for await (const chunk of request) text += chunk;
    const page = pages[url.pathname];
    const {
      status = 200,
      location,
      body,
    } = page ? await page(request, url, new URLSearchParams(text)) : { status: 404, body: {} };
    if (location) response.setHeader('location', location);
    response.setHeader('content-type', 'application/json');
    response.writeHead(status).end(JSON.stringify(body ?? {}));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    state,
    /** What is signed in with at the provider, and what becomes of it, from now on. */
    signsIn(person: Person, lies: Lies = {}) {
      state.person = person;
      state.lies = lies;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: unknown;
}

export type Provider = Awaited<ReturnType<typeof startProvider>>;
