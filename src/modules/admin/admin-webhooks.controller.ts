import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import { closeParkedEvent, replayEvent } from '../payments/parked-events.service.ts';
import type { WebhookState } from '../payments/payments.model.ts';
import { getEvent, listEvents } from '../payments/webhooks.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { type Closing, webhookEventPage, webhooksPage } from './admin-webhooks.views.ts';

interface EventsFilter {
  readonly state?: WebhookState | '';
  readonly cursor?: string;
}

export function webhookController(deps: AdminDeps) {
  const { db, logger, browser, chromeOf } = deps;
  const page = async (request: Request, reply: Reply, id: string, closing: Closing = {}) =>
    webhookEventPage(await chromeOf(request, reply), await getEvent(db, id), closing);

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
      return sendPage(reply, await page(request, reply, id));
    },

    /** Closes a parked event with the administrator's word on what became of its money. */
    async close(request: Request, reply: Reply, id: string, form: { reason: string }) {
      const reason = form.reason.trim();
      return workOrShowAgain(request, reply, {
        work: async () => {
          await getEvent(db, id);
          if (reason === '') throw invalid('reason', 'Say what became of the money.');
          await closeParkedEvent(db, id, { reason, actorId: principalOf(request).userId });
          browser.flash(reply, { kind: 'success', text: 'The event is closed.' });
          return seeOther(reply, `/admin/webhooks/${encodeURIComponent(id)}`);
        },
        again: (errors) => page(request, reply, id, { reason: form.reason, errors }),
      });
    },

    /** Applies an event once more and says what became of it; a failure is kept in its note and in the log. */
    async replay(_request: Request, reply: Reply, id: string) {
      await getEvent(db, id);
      try {
        await replayEvent(deps, id);
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
