import type { EventType } from '../../events/catalogue.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { workOrShowAgain } from '../../http/form-errors.ts';
import { seeOther } from '../../http/ways.ts';
import { listDeliveries } from '../webhooks/deliveries.service.ts';
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  switchEndpoint,
} from '../webhooks/endpoints.service.ts';
import { type DeliveryState, type EndpointInput, seenOf } from '../webhooks/webhooks.model.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { endpointPage } from './admin-endpoint.views.ts';
import {
  endpointFormPage,
  endpointsPage,
  secretPage,
  type TypedEndpoint,
} from './admin-endpoints.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface EndpointForm {
  readonly seen?: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes?: EventType | EventType[];
}

interface LogFilter {
  readonly state?: DeliveryState | '';
  readonly cursor?: string;
}

/** Requests about endpoints. A secret is shown in the answer to the form that made it, and nowhere again. */
export function endpointController({ db, browser, chromeOf, endpointPolicy }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, cursor: string | undefined) {
      const endpoints = await listEndpoints(db, { limit: PAGE_SIZE, cursor });
      return sendPage(reply, endpointsPage(await chromeOf(request, reply), endpoints, cursor));
    },

    async showNew(request: Request, reply: Reply) {
      const empty = { url: '', description: '', eventTypes: null, seen: '' };
      return sendPage(reply, endpointFormPage(await chromeOf(request, reply), null, empty, []));
    },

    create: (request: Request, reply: Reply, form: EndpointForm) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          const endpoint = await createEndpoint(db, endpointPolicy, inputOf(form));
          const page = secretPage(await chromeOf(request, reply), endpoint, 'Endpoint created');
          return sendPage(reply, page, 201);
        },
        again: async (errors) =>
          endpointFormPage(await chromeOf(request, reply), null, typedOf(form), errors),
      }),

    async show(request: Request, reply: Reply, id: string, { state, cursor }: LogFilter) {
      const endpoint = await getEndpoint(db, id);
      const log = await listDeliveries(
        db,
        id,
        { state: state || undefined },
        { limit: PAGE_SIZE, cursor },
      );
      const chrome = await chromeOf(request, reply);
      return sendPage(reply, endpointPage(chrome, endpoint, log, { state, cursor }));
    },

    async showEdit(request: Request, reply: Reply, id: string) {
      const endpoint = await getEndpoint(db, id);
      const typed = { ...endpoint, seen: seenOf(endpoint) };
      const page = endpointFormPage(await chromeOf(request, reply), id, typed, []);
      return sendPage(reply, page);
    },

    change: (request: Request, reply: Reply, id: string, form: EndpointForm) =>
      workOrShowAgain(request, reply, {
        work: async () => {
          await changeEndpoint(db, endpointPolicy, id, typedOf(form));
          browser.flash(reply, { kind: 'success', text: 'Saved.' });
          return seeOther(reply, `/admin/endpoints/${id}`);
        },
        again: async (errors) =>
          endpointFormPage(await chromeOf(request, reply), id, typedOf(form), errors),
      }),

    async turn(reply: Reply, id: string, enabled: boolean) {
      await switchEndpoint(db, id, enabled);
      const text = enabled
        ? 'Enabled: what waited is sent now.'
        : 'Disabled: nothing is sent to it.';
      browser.flash(reply, { kind: 'success', text });
      return seeOther(reply, `/admin/endpoints/${id}`);
    },

    async rotate(request: Request, reply: Reply, id: string) {
      const endpoint = await rotateSecret(db, id);
      const page = secretPage(await chromeOf(request, reply), endpoint, 'Secret replaced');
      return sendPage(reply, page);
    },

    async remove(reply: Reply, id: string) {
      await removeEndpoint(db, id);
      browser.flash(reply, { kind: 'success', text: 'The endpoint is deleted.' });
      return seeOther(reply, '/admin/endpoints');
    },
  };
}

function typedOf(form: EndpointForm): TypedEndpoint {
  return { ...inputOf(form), seen: form.seen ?? '' };
}

/** No box ticked means every event. */
function inputOf({ url, description, eventTypes = [] }: EndpointForm): EndpointInput {
  const types = [eventTypes].flat();
  return {
    url: url.trim(),
    description: description.trim(),
    eventTypes: types.length === 0 ? null : types,
  };
}
