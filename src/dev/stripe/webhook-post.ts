import type { StandInEvent } from './events.ts';
import { signatureHeader } from './webhook-signature.ts';

const TIMEOUT_MS = 20_000;

/**
 * The body of a webhook, indented as Stripe's are, so that only the raw bytes verify. A claimed amount
 * replaces the true total of a completed session (the `wrongAmount` fault).
 */
export function webhookBody(event: StandInEvent, claimedAmount: number | null): string {
  const sent: StandInEvent = { ...event, pending_webhooks: 1 };
  if (claimedAmount === null) return JSON.stringify(sent, null, 2);
  const object = {
    ...event.data.object,
    amount_total: claimedAmount,
    amount_subtotal: claimedAmount,
  };
  return JSON.stringify({ ...sent, data: { ...event.data, object } }, null, 2);
}

/** Posts a signed body once. Returns the status, or 0 where nobody answered in time; never throws. */
export async function postWebhook(request: {
  readonly url: string;
  readonly body: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}): Promise<number> {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureHeader(
          request.body,
          request.secret,
          Math.floor(Date.now() / 1000),
        ),
      },
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
