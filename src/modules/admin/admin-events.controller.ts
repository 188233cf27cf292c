import type { EventType } from '../../events/catalogue.ts';
import { cloudEventOf } from '../../events/cloud-event.ts';
import { type EventState, findOutboxEvent, listOutbox, revive } from '../../events/event-log.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { seeOther } from '../../http/ways.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { eventPage, eventsPage } from './admin-events.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface EventsFilter {
  readonly state?: EventState | '';
  readonly type?: EventType | '';
  readonly cursor?: string;
}

/** The events that the shop recorded, and where they are on their way. */
export function eventController({ db, browser, chromeOf, publicUrl }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, { state, type, cursor }: EventsFilter) {
      const filter = { state: state || undefined, type: type || undefined };
      const events = await listOutbox(db, filter, { limit: PAGE_SIZE, cursor });
      return sendPage(
        reply,
        eventsPage(await chromeOf(request, reply), events, { ...filter, cursor }),
      );
    },

    async show(request: Request, reply: Reply, id: string) {
      const { event, appliedBy, toBroker } = await findOutboxEvent(db, id);
      const envelope = cloudEventOf(event, publicUrl);
      return sendPage(
        reply,
        eventPage(await chromeOf(request, reply), { event, appliedBy, toBroker, envelope }),
      );
    },

    async revive(_request: Request, reply: Reply, id: string) {
      await revive(db, id);
      browser.flash(reply, { kind: 'success', text: 'It will be sent again in a moment.' });
      return seeOther(reply, `/admin/events/${id}`);
    },
  };
}
