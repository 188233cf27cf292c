import type Stripe from 'stripe';
import type { Db } from '../../database/database.ts';
import { addingJob } from '../../events/jobs.ts';
import { correlationId } from '../../telemetry/context.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isFollowed, UNFOLLOWED } from './payments.model.ts';
import type { StripeGateway } from './stripe.gateway.ts';
import { keepEvent } from './webhooks.repository.ts';

/**
 * Keeps a verified event and has it applied by a job. A repeated delivery is known by its id and changes nothing;
 * one of a type that nothing follows, or of the other mode (test money for a live shop, or the reverse), is kept and
 * ignored.
 */
export async function receiveEvent(
  { db, logger, stripe }: { db: Db; logger: Logger; stripe: Pick<StripeGateway, 'mode'> },
  event: Pick<Stripe.Event, 'id' | 'type' | 'livemode'>,
  body: string,
): Promise<'received' | 'duplicate' | 'ignored'> {
  const { id, type } = event;
  const mode = event.livemode ? 'live' : 'test';
  const isOurs = stripe.mode === mode;
  const ignored = isOurs ? null : `a ${mode} event, for a ${stripe.mode} key`;
  const note = ignored ?? (isFollowed(type) ? null : UNFOLLOWED);
  const kept = { id, type, body, correlationId: correlationId() };
  const fresh = await keepEvent(
    db,
    kept,
    note === null
      ? { job: addingJob('apply_stripe_event', { eventId: id }, { jobKey: `stripe_event:${id}` }) }
      : { ignored: note },
  );
  if (!fresh) return 'duplicate';
  if (note === null) return 'received';
  if (!isOurs) logger.warn({ eventId: id, type }, `stripe event ignored: ${note}`);
  return 'ignored';
}
