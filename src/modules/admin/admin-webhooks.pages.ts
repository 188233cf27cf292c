import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { seeOther, sendPage } from '../../http/browser.ts';
import { applyEvent, getEvent, listEvents } from '../payments/webhooks.service.ts';
import { ListQuery, PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { webhookEventPage, webhooksPage } from './admin-webhooks.views.ts';

const EventsQuery = Type.Object({
  cursor: ListQuery.cursor,
  state: Type.Optional(Type.Enum(['', 'received', 'applied', 'ignored', 'parked'])),
});
const EventParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }) });

/** What Stripe told the shop, and the way to try again what could not be applied. */
export function webhookPages(app: App, deps: AdminDeps): void {
  const { db, logger, browser, chromeOf } = deps;

  app.get('/admin/webhooks', { schema: { querystring: EventsQuery } }, async (request, reply) => {
    const { state, cursor } = request.query;
    const events = await listEvents(
      db,
      { state: state || undefined },
      { limit: PAGE_SIZE, cursor },
    );
    return sendPage(reply, webhooksPage(await chromeOf(request, reply), events, { state, cursor }));
  });

  app.get('/admin/webhooks/:id', { schema: { params: EventParams } }, async (request, reply) => {
    const event = await getEvent(db, request.params.id);
    return sendPage(reply, webhookEventPage(await chromeOf(request, reply), event));
  });

  app.post(
    '/admin/webhooks/:id/replay',
    { schema: { params: EventParams } },
    async (request, reply) => {
      const { id } = request.params;
      await getEvent(db, id);
      try {
        await applyEvent(deps, id);
        const { state } = await getEvent(db, id);
        browser.flash(
          reply,
          state === 'parked'
            ? { kind: 'error', text: 'It still does not match; the note says why.' }
            : { kind: 'success', text: `Done: ${state}.` },
        );
      } catch (error) {
        logger.error({ err: error, eventId: id }, 'replay of a stripe event failed');
        browser.flash(reply, { kind: 'error', text: 'It failed again; the note says why.' });
      }
      return seeOther(reply, `/admin/webhooks/${encodeURIComponent(id)}`);
    },
  );
}
