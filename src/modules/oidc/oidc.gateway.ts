import * as client from 'openid-client';
import { createDependency } from '../../resilience/dependency.ts';
import type { Failure } from '../../resilience/failure.ts';
import { createGuard, type Guard } from '../../resilience/guard.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import {
  type Begun,
  type Identity,
  NotVouched,
  type OidcSettings,
  ProviderAway,
} from './oidc.model.ts';

/** Somebody waits. A code is exchanged once, so nothing is tried twice. */
const LIMITS = { deadlineMs: 8000, tryMs: 5000, tries: 1, concurrent: 20, queue: 20 };
const SLOW_MS = 2000;
/** How long what the provider publishes of itself is taken as it was, in milliseconds. */
const KEEP_METADATA_MS = 3600_000;
const SCOPE = 'openid email profile';

export type OidcProvider = ReturnType<typeof createOidcProvider>;

/** The provider by which staff sign in (OpenID Connect Core 1.0, code flow with PKCE). */
export function createOidcProvider(
  settings: OidcSettings & { readonly redirectUri: string },
  telemetry: { metrics: Metrics; logger: Logger },
) {
  const dependency = createDependency('oidc', { classify, slowMs: SLOW_MS }, telemetry);
  const guard = createGuard(dependency, LIMITS);
  let known: { readonly config: client.Configuration; readonly until: number } | null = null;

  async function configuration(): Promise<client.Configuration> {
    if (known !== null && Date.now() < known.until) return known.config;
    const config = await guard.call('discovery', () => discover(settings)).catch(away);
    known = { config, until: Date.now() + KEEP_METADATA_MS };
    return config;
  }

  return {
    issuer: settings.issuer,
    name: settings.name,
    redirectUri: settings.redirectUri,

    /** New secrets of a sign-in. */
    newSecrets: (): Pick<Begun, 'nonce' | 'verifier'> => ({
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }),

    /** Makes sure that the provider can be asked. @throws ProviderAway */
    async reach(): Promise<void> {
      await configuration();
    },

    /**
     * Where to send a browser to sign in; `anew`: they have to show there who they are, however they are signed in there.
     * @throws ProviderAway
     */
    async authorizationUrl({
      state,
      nonce,
      verifier,
      anew,
    }: Begun & { readonly anew: boolean }): Promise<string> {
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: settings.redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(anew ? { prompt: 'login', max_age: '0' } : {}),
      });
      return url.href;
    },

    /**
     * Who came back from the provider to `url`, by the code in it: issuer, state, nonce, audience, times and signature
     * are right, and they showed who they are in the last `within` seconds, if that is asked.
     * @throws NotVouched, ProviderAway
     */
    async identify(
      url: URL,
      { state, nonce, verifier, within }: Begun & { readonly within: number | null },
    ): Promise<Identity> {
      const config = await configuration();
      const tokens = await ask(guard, 'token', () =>
        client.authorizationCodeGrant(config, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
          ...(within === null ? {} : { maxAge: within }),
        }),
      );
      const claims = tokens.claims();
      if (claims === undefined) throw new NotVouched('no ID token');
      const { issuer } = settings;
      if (claims.email !== undefined || config.serverMetadata().userinfo_endpoint === undefined)
        return identityIn(issuer, claims, claims);
      const info = await ask(guard, 'userinfo', () =>
        client.fetchUserInfo(config, tokens.access_token, claims.sub),
      );
      return identityIn(issuer, claims, info);
    },
  };
}

async function discover(settings: OidcSettings): Promise<client.Configuration> {
  const issuer = new URL(settings.issuer);
  const config = await client.discovery(
    issuer,
    settings.clientId,
    settings.clientSecret,
    undefined,
    {
      timeout: LIMITS.tryMs / 1000,
      // Signatures are checked although the token comes from the provider itself over TLS.
      execute: [
        client.enableNonRepudiationChecks,
        ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    },
  );
  // One issuer for many tenants (Entra ID's `common`) vouches for whatever any of their administrators types.
  const { issuer: said } = config.serverMetadata();
  if (said !== settings.issuer && said !== `${settings.issuer}/`)
    throw new Error(`the issuer there is ${said}`);
  return config;
}

function identityIn(
  issuer: string,
  { sub: subject, auth_time: seconds }: client.IDToken,
  { email, email_verified: verified, name }: { readonly [claim: string]: unknown },
): Identity {
  return {
    issuer,
    subject,
    authenticatedAt: seconds === undefined ? null : new Date(seconds * 1000),
    email: typeof email === 'string' && verified === true ? email.trim().toLowerCase() : null,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim() : null,
  };
}

async function ask<T>(guard: Guard, operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await guard.call(operation, work);
  } catch (error) {
    if (isRefusal(error)) throw new NotVouched(reasonOf(error), { cause: error });
    return away(error);
  }
}

function away(error: unknown): never {
  throw new ProviderAway(reasonOf(error), { cause: error });
}

/** Codes of openid-client for answers that do not hold; the others tell of a provider that does not answer. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_PARSE_ERROR',
  'OAUTH_UNSUPPORTED_OPERATION',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

function isRefusal(error: unknown): boolean {
  if (error instanceof client.AuthorizationResponseError) return true;
  // Any other error of the token's endpoint is ours to mend: a client or an address that it does not know.
  if (error instanceof client.ResponseBodyError) return error.error === 'invalid_grant';
  return error instanceof client.ClientError && REFUSALS.has(error.code);
}

function classify(error: unknown): Failure {
  if (isRefusal(error)) return { kind: 'refused' };
  return { kind: 'failed', retry: false, retryAfterMs: null };
}

/** What went wrong, in words without anything of the person's. */
function reasonOf(error: unknown): string {
  if (
    error instanceof client.AuthorizationResponseError ||
    error instanceof client.ResponseBodyError
  )
    return error.error;
  return error instanceof Error ? error.message : 'unknown';
}
