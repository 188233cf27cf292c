import type { Generated } from 'kysely';
import { CONFIRMED_SECONDS } from '../identity/identity.model.ts';

/** As long as a proof of who one is counts here. */
const FRESH_MS = CONFIRMED_SECONDS * 1000;

export interface OidcTables {
  provider_accounts: {
    issuer: string;
    /** Who somebody is at the provider, for good; addresses come and go. */
    subject: string;
    user_id: string;
    created_at: Generated<Date>;
  };
}

/** The provider by which staff may sign in, as it is configured. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How people call it; null: without a name. */
  readonly name: string | null;
}

/** What the provider answered is not what it should be: somebody tampers, or began elsewhere, or gave up there. */
export class NotVouched extends Error {}

/** The provider was not reached, or is not what the configuration says. */
export class ProviderAway extends Error {}

/** What a provider says of somebody who signed in there. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** The address that the provider has verified, in lower case; null where it says none, or not that. */
  readonly email: string | null;
  readonly name: string | null;
  /** When they last showed there who they are; null where the provider does not say. */
  readonly authenticatedAt: Date | null;
}

/** Whether somebody has just shown at the provider who they are: that they are still signed in there is no proof. */
export function isFresh({ authenticatedAt }: Identity, now = Date.now()): boolean {
  return authenticatedAt !== null && now - authenticatedAt.getTime() < FRESH_MS;
}

/** What is kept of a sign-in that was begun, beside its state. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Why a provider's word opens nothing; the trail tells it. */
export type RefusalReason =
  | 'answer_not_valid'
  | 'email_not_verified'
  | 'not_staff'
  | 'linked_to_another_subject'
  | 'not_theirs';

/** How long a sign-in at the provider may take, in seconds. */
export const PROVIDER_SECONDS = 600;
/** Where the provider sends people back to. */
export const CALLBACK_PATH = '/sign-in/provider/callback';
