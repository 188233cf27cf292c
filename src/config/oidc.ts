import { isPrivate } from './addresses.ts';
import type { reader } from './reader.ts';

/** The provider by which staff may sign in. */
export interface OidcConfig {
  /** As the provider itself says it, to the letter. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How people call it; null: without a name. */
  readonly name: string | null;
}

/** Reads which provider staff sign in by; null where none is set. What is wrong with it is added to `problems`. */
export function readOidcConfig(
  read: ReturnType<typeof reader>,
  { problems, production }: { problems: string[]; production: boolean },
): OidcConfig | null {
  const issuer = read.url('OIDC_ISSUER', ['https:', 'http:']);
  const clientId = read.text('OIDC_CLIENT_ID');
  const clientSecret = read.text('OIDC_CLIENT_SECRET');
  const name = read.text('OIDC_NAME');
  if (issuer !== null && URL.canParse(issuer) && /[?#]/.test(issuer))
    problems.push('OIDC_ISSUER is malformed: an issuer has neither query nor fragment');
  if (issuer !== null && production && !isPrivate(issuer))
    problems.push('OIDC_ISSUER must be https:// in production, or on this machine');
  if (name !== null && name.length > 40)
    problems.push('OIDC_NAME is too long: 40 characters at most');
  if (issuer !== null && clientId !== null && clientSecret !== null)
    return { issuer, clientId, clientSecret, name };
  if (issuer !== null || clientId !== null || clientSecret !== null || name !== null)
    problems.push(
      'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all of them or none',
    );
  return null;
}
