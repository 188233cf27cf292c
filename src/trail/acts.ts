import type { Actor } from '../telemetry/context.ts';

/** What acts are about. */
export type SubjectKind =
  | 'product'
  | 'catalogue'
  | 'variant'
  | 'order'
  | 'endpoint'
  | 'event'
  | 'stripe-event'
  | 'task'
  | 'books'
  | 'route'
  | 'account'
  | 'role'
  | 'invitation'
  | 'api-key'
  | 'flag'
  | 'segment'
  | 'trail';

/**
 * What each act tells beside its subject: ids, numbers, names of fields. Never personal data, text that people typed,
 * or secrets: the trail is kept for good, also once a customer is erased.
 */
interface ActDetails {
  'product.created': { status: string; variants: number };
  'product.updated': { fields: readonly string[]; status: string };
  'product.archived': Nothing;
  'product.deleted': Nothing;
  'catalogue.import_begun': { products: number };
  'catalogue.imported': { created: number; updated: number; unchanged: number; refused: number };
  'stock.adjusted': { delta: number; onHand: number };
  'order.paid_by_hand': { paymentId: string; amount: number; currency: string };
  'order.fulfilled': Nothing;
  'order.delivered': Nothing;
  'order.cancelled': Nothing;
  'order.contact_changed': { fields: readonly string[] };
  'refund.requested': { refundId: string; amount: number; currency: string };
  'endpoint.created': Nothing;
  'endpoint.changed': { fields: readonly string[] };
  'endpoint.enabled': Nothing;
  'endpoint.disabled': Nothing;
  'endpoint.secret_replaced': Nothing;
  'endpoint.deleted': Nothing;
  'endpoint.pinged': { deliveryId: string };
  'endpoint.events_replayed': { deliveries: number; deliveryId?: string };
  'event.replayed': Nothing;
  'stripe_event.replayed': Nothing;
  'stripe_event.closed': Nothing;
  'task.closed': { state: string };
  'books.comparison_requested': Nothing;
  'role.created': { permissions: readonly string[]; refundsLimited: boolean };
  'role.changed': {
    given: readonly string[];
    taken: readonly string[];
    fields: readonly string[];
  };
  'role.deleted': Nothing;
  'member.changed': { role: string; roleId: string | null };
  'member.removed': Nothing;
  'invitation.sent': { role: string; roleId: string | null };
  'invitation.sent_again': Nothing;
  'invitation.revoked': Nothing;
  'invitation.accepted': { accountId: string; role: string; roleId: string | null };
  'key.created': { scopes: readonly string[] };
  'key.revoked': Nothing;
  'key.used_after_end': Nothing;
  'sign_in.succeeded': Nothing;
  'sign_in.failed': Nothing;
  'sessions.ended': { count: number };
  'password.changed': Nothing;
  'password.reset': Nothing;
  'factor.added': { factor: string };
  'factor.removed': { factor: string };
  'passkey.counter_went_back': Nothing;
  'provider.linked': { issuer: string };
  'provider.unlinked': { issuer: string };
  'provider.sign_in': Nothing;
  'provider.refused': { reason: string };
  'recovery_codes.renewed': Nothing;
  'recovery_code.used': Nothing;
  'second_factor.failed': Nothing;
  'step_up.passed': Nothing;
  'step_up.failed': Nothing;
  'password_change.failed': Nothing;
  'refresh_token.reused': Nothing;
  'flag.changed': {
    fields: readonly string[];
    enabled: boolean;
    rollout: number;
    variants: readonly string[];
  };
  'flag.reset': Nothing;
  'segment.changed': { customers: number; domains: number };
  'segment.deleted': Nothing;
  'trail.exported': { format: string; filters: readonly string[] };
  'customer.exported': Nothing;
  'customer.erased': Nothing;
  'access.refused': { method: string };
}
type Nothing = Record<string, never>;

export type Act = keyof ActDetails;

interface ActKind {
  readonly about: SubjectKind;
  /** How people read it. */
  readonly label: string;
}

/** Every act that the trail tells of. */
export const acts: { readonly [A in Act]: ActKind } = {
  'product.created': { about: 'product', label: 'Product created' },
  'product.updated': { about: 'product', label: 'Product changed' },
  'product.archived': { about: 'product', label: 'Product archived' },
  'product.deleted': { about: 'product', label: 'Product deleted' },
  'catalogue.import_begun': { about: 'catalogue', label: 'Import begun' },
  'catalogue.imported': { about: 'catalogue', label: 'Import ended' },
  'stock.adjusted': { about: 'variant', label: 'Stock adjusted' },
  'order.paid_by_hand': { about: 'order', label: 'Order marked paid' },
  'order.fulfilled': { about: 'order', label: 'Order fulfilled' },
  'order.delivered': { about: 'order', label: 'Order delivered' },
  'order.cancelled': { about: 'order', label: 'Order cancelled' },
  'order.contact_changed': { about: 'order', label: 'Order’s contact changed' },
  'refund.requested': { about: 'order', label: 'Refund' },
  'endpoint.created': { about: 'endpoint', label: 'Webhook endpoint created' },
  'endpoint.changed': { about: 'endpoint', label: 'Webhook endpoint changed' },
  'endpoint.enabled': { about: 'endpoint', label: 'Webhook endpoint enabled' },
  'endpoint.disabled': { about: 'endpoint', label: 'Webhook endpoint disabled' },
  'endpoint.secret_replaced': { about: 'endpoint', label: 'Webhook secret replaced' },
  'endpoint.deleted': { about: 'endpoint', label: 'Webhook endpoint deleted' },
  'endpoint.pinged': { about: 'endpoint', label: 'Ping sent' },
  'endpoint.events_replayed': { about: 'endpoint', label: 'Deliveries sent again' },
  'event.replayed': { about: 'event', label: 'Event sent again' },
  'stripe_event.replayed': { about: 'stripe-event', label: 'Stripe event tried again' },
  'stripe_event.closed': { about: 'stripe-event', label: 'Stripe event closed' },
  'task.closed': { about: 'task', label: 'Task closed' },
  'books.comparison_requested': { about: 'books', label: 'Comparison with Stripe asked for' },
  'role.created': { about: 'role', label: 'Role made' },
  'role.changed': { about: 'role', label: 'Role changed' },
  'role.deleted': { about: 'role', label: 'Role deleted' },
  'member.changed': { about: 'account', label: 'Member’s place changed' },
  'member.removed': { about: 'account', label: 'Member removed' },
  'invitation.sent': { about: 'invitation', label: 'Invitation sent' },
  'invitation.sent_again': { about: 'invitation', label: 'Invitation sent again' },
  'invitation.revoked': { about: 'invitation', label: 'Invitation revoked' },
  'invitation.accepted': { about: 'invitation', label: 'Invitation accepted' },
  'key.created': { about: 'api-key', label: 'API key made' },
  'key.revoked': { about: 'api-key', label: 'API key revoked' },
  'key.used_after_end': { about: 'api-key', label: 'Ended API key used' },
  'sign_in.succeeded': { about: 'account', label: 'Signed in' },
  'sign_in.failed': { about: 'account', label: 'Sign-in failed' },
  'sessions.ended': { about: 'account', label: 'Sessions ended' },
  'password.changed': { about: 'account', label: 'Password changed' },
  'password.reset': { about: 'account', label: 'Password reset by a mailed link' },
  'factor.added': { about: 'account', label: 'Second factor added' },
  'factor.removed': { about: 'account', label: 'Second factor removed' },
  'passkey.counter_went_back': { about: 'account', label: 'Passkey refused as a copy' },
  'provider.linked': { about: 'account', label: 'Single sign-on tied' },
  'provider.unlinked': { about: 'account', label: 'Single sign-on untied' },
  'provider.sign_in': { about: 'account', label: 'Came by single sign-on' },
  'provider.refused': { about: 'account', label: 'Single sign-on refused' },
  'recovery_codes.renewed': { about: 'account', label: 'Recovery codes renewed' },
  'recovery_code.used': { about: 'account', label: 'Recovery code used' },
  'second_factor.failed': { about: 'account', label: 'Second factor refused' },
  'step_up.passed': { about: 'account', label: 'Confirmed to be who they are' },
  'step_up.failed': { about: 'account', label: 'Failed to confirm who they are' },
  'password_change.failed': { about: 'account', label: 'Failed to change the password' },
  'refresh_token.reused': { about: 'account', label: 'A used refresh token came again' },
  'flag.changed': { about: 'flag', label: 'Feature flag changed' },
  'flag.reset': { about: 'flag', label: 'Feature flag set back' },
  'segment.changed': { about: 'segment', label: 'Segment changed' },
  'segment.deleted': { about: 'segment', label: 'Segment deleted' },
  'trail.exported': { about: 'trail', label: 'Audit trail exported' },
  'customer.exported': { about: 'account', label: 'Personal data exported' },
  'customer.erased': { about: 'account', label: 'Customer erased' },
  'access.refused': { about: 'route', label: 'Access refused' },
};

/** An act, with what it is about (null: the shop as a whole, or nobody that is known) and the detail of its kind. */
export type Noted = {
  [A in Act]: {
    readonly act: A;
    readonly subject: string | null;
    readonly detail: ActDetails[A];
    /** Where it is not who is signed in: somebody who signs in just now. */
    readonly actor?: Actor;
  };
}[Act];
