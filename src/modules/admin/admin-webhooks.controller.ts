import type { Reply, Request } from '../../http/app-type.ts';
import { seeOther, sendPage } from '../../http/browser.ts';
import type { WebhookState } from '../payments/payments.model.ts';
import { applyEvent, getEvent, listEvents } from '../payments/webhooks.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { webhookEventPage, webhooksPage } from './admin-webhooks.views.ts';

interface EventsFilter {
  readonly state?: WebhookState | '';
  readonly cursor?: string;
}

export function webhookController(deps: AdminDeps) {
  const { db, logger, browser, chromeOf } = deps;
  return {
    async list(request: Request, reply: Reply, { state, cursor }: EventsFilter) {
      const events = await listEvents(
        db,
        { state: state || undefined },
        { limit: PAGE_SIZE, cursor },
      );
      return sendPage(
        reply,
        webhooksPage(await chromeOf(request, reply), events, { state, cursor }),
      );
    },

    async show(request: Request, reply: Reply, id: string) {
      const event = await getEvent(db, id);
      return sendPage(reply, webhookEventPage(await chromeOf(request, reply), event));
    },

    /** Applies an event once more and says what became of it; a failure is kept in its note and in the log. */
    async replay(_request: Request, reply: Reply, id: string) {
      await getEvent(db, id);
      try {
        await applyEvent(deps, id);
        const { state } = await getEvent(db, id);
        const parked = {
          kind: 'error',
          text: 'It still does not match; the note says why.',
        } as const;
        browser.flash(
          reply,
          state === 'parked' ? parked : { kind: 'success', text: `Done: ${state}.` },
        );
      } catch (error) {
        logger.error({ err: error, eventId: id }, 'replay of a stripe event failed');
        browser.flash(reply, { kind: 'error', text: 'It failed again; the note says why.' });
      }
      return seeOther(reply, `/admin/webhooks/${encodeURIComponent(id)}`);
    },
  };
}
