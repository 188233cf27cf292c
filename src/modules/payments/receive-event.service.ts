import type Stripe from 'stripe';
import { type Db, inTransaction } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { correlationId } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { StripeGateway } from './stripe.gateway.ts';
import { insertEvent } from './webhooks.repository.ts';

/**
 * Keeps a verified event and has it applied by a job. A repeated delivery is known by its id and changes nothing;
 * one of the other mode (test money for a live shop, or the reverse) is kept and ignored.
 */
export async function receiveEvent(
  { db, logger, stripe }: { db: Db; logger: Logger; stripe: Pick<StripeGateway, 'mode'> },
  event: Pick<Stripe.Event, 'id' | 'type' | 'livemode'>,
  body: string,
): Promise<'received' | 'duplicate' | 'ignored'> {
  const { id, type } = event;
  const mode = event.livemode ? 'live' : 'test';
  const ignored = stripe.mode === mode ? null : `a ${mode} event, for a ${stripe.mode} key`;
  const fresh = await inTransaction(db, async (tx) => {
    const kept = { id, type, body, ignored, correlationId: correlationId() };
    const inserted = await insertEvent(tx, kept);
    if (inserted && ignored === null)
      await enqueueJob(tx, 'apply_stripe_event', { eventId: id }, { jobKey: `stripe_event:${id}` });
    return inserted;
  });
  if (!fresh) return 'duplicate';
  if (ignored === null) return 'received';
  logger.warn({ eventId: id, type }, `stripe event ignored: ${ignored}`);
  return 'ignored';
}
