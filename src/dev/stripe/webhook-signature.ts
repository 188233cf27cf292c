import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header for a raw body: an HMAC-SHA256 of time and body under the endpoint's
 * secret. Source: docs.stripe.com/webhooks#verify-manually. The time is in unix seconds.
 */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
