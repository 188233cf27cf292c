import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { refusal } from '../../http/form-errors.ts';
import { seeOther } from '../../http/ways.ts';
import {
  getDelivery,
  replayDelivery,
  replayFailed,
  sendPing,
} from '../webhooks/deliveries.service.ts';
import { getEndpoint } from '../webhooks/endpoints.service.ts';
import { deliveryPage } from './admin-deliveries.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface DeliveryPath {
  readonly id: string;
  readonly deliveryId: string;
}

/** Requests about what is on its way to an endpoint. */
export function deliveryController({ db, browser, chromeOf, publicUrl }: AdminDeps) {
  /** Does it and goes on to a page; what is refused is said there. */
  async function actAndSee(
    request: Request,
    reply: Reply,
    fallback: string,
    act: () => Promise<{ text: string; path: string }>,
  ) {
    try {
      const { text, path } = await act();
      browser.flash(reply, { kind: 'success', text });
      return seeOther(reply, path);
    } catch (error) {
      const [problem] = refusal(request, reply, error);
      if (reply.statusCode === 404) throw error;
      browser.flash(reply, { kind: 'error', text: problem?.message ?? 'Nothing was sent.' });
      return seeOther(reply, fallback);
    }
  }

  return {
    async show(request: Request, reply: Reply, { id, deliveryId }: DeliveryPath) {
      const endpoint = await getEndpoint(db, id);
      const delivery = await getDelivery(db, id, deliveryId);
      return sendPage(reply, deliveryPage(await chromeOf(request, reply), endpoint, delivery));
    },

    replay(request: Request, reply: Reply, { id, deliveryId }: DeliveryPath) {
      const path = `/admin/endpoints/${id}/deliveries/${deliveryId}`;
      return actAndSee(request, reply, path, async () => {
        await replayDelivery(db, id, deliveryId);
        return { text: 'It is being sent again.', path };
      });
    },

    replayFailed(request: Request, reply: Reply, id: string, since: string) {
      const path = `/admin/endpoints/${id}`;
      return actAndSee(request, reply, path, async () => {
        const count = await replayFailed(db, id, new Date(since));
        return {
          text: `${count} failed ${count === 1 ? 'delivery is' : 'deliveries are'} being sent again.`,
          path,
        };
      });
    },

    ping(request: Request, reply: Reply, id: string) {
      const path = `/admin/endpoints/${id}`;
      return actAndSee(request, reply, path, async () => {
        const deliveryId = await sendPing({ db, publicUrl }, id);
        const text = 'A ping is on its way; reload to see what became of it.';
        return { text, path: `${path}/deliveries/${deliveryId}` };
      });
    },
  };
}
