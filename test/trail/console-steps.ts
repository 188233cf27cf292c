import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { formOf, hidden } from '../admin/support.ts';
import { until } from '../support/until.ts';
import { CSV, ENDPOINT, type Scene, type Step } from './scene.ts';

/** What staff do in the console, by route. */
export function consoleSteps({
  shop,
  admin,
  submit,
  placed,
  endpoint,
  delivery,
  deadEvent,
  parked,
  task,
  about,
  productId,
  variantId,
}: Scene): Record<string, Step> {
  return {
    'POST /admin/products': {
      acts: ['product.created'],
      run: async () => {
        await admin.open('/admin/products/new');
        const { location } = await admin.submit('/admin/products', {
          title: 'Plate',
          status: 'active',
          currency: 'USD',
          'variants.0.sku': randomUUID().slice(0, 8),
          'variants.0.price': '4.00',
          'variants.0.stock': '3',
        });
        return location?.split('/').at(-1) ?? '';
      },
    },
    'POST /admin/products/:id': {
      acts: ['product.updated'],
      run: about(
        async (id) =>
          submit(`/admin/products/${id}`, {
            ...(await formOf(admin, `/admin/products/${id}`)),
            title: 'Elm board',
          }),
        productId,
      ),
    },
    'POST /admin/products/:id/archive': {
      acts: ['product.updated'],
      run: about((id) => submit(`/admin/products/${id}/archive`), productId),
    },
    'POST /admin/products/:id/delete': {
      acts: ['product.archived'],
      run: about(
        (id) => submit(`/admin/products/${id}/delete`),
        async () => {
          const { id, variantId: sold } = await shop.product();
          await shop.order((await shop.customer()).token, sold);
          return id;
        },
      ),
    },
    'POST /admin/import': {
      acts: ['catalogue.import_begun', 'catalogue.imported'],
      endsByJob: true,
      run: async () => {
        const token = hidden((await admin.open('/admin/import')).text, '_csrf');
        const body = new FormData();
        body.set('file', new Blob([`${CSV}9.50\n`], { type: 'text/csv' }), 'x.csv');
        const cookie = [...admin.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
        const path = `/admin/import?_csrf=${encodeURIComponent(token)}`;
        const response = await fetch(`${shop.url}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie },
          body,
        });
        expect(response.status).toBe(303);
        const progress = response.headers.get('location') ?? '';
        await until(async () => (await admin.open(progress)).text.includes('everything was taken'));
        return null;
      },
    },
    'POST /admin/stock/:id': {
      acts: ['stock.adjusted'],
      run: about(
        (id) => submit(`/admin/stock/${id}`, { delta: '-1', reason: 'broken' }),
        variantId,
      ),
    },
    'POST /admin/orders/:id/paid': {
      acts: ['order.paid_by_hand'],
      run: about((id) => submit(`/admin/orders/${id}/paid`), placed),
    },
    'POST /admin/orders/:id/fulfilled': {
      acts: ['order.fulfilled'],
      run: about(
        (id) => submit(`/admin/orders/${id}/fulfilled`),
        () => placed('paid'),
      ),
    },
    'POST /admin/orders/:id/delivered': {
      acts: ['order.delivered'],
      run: about(
        (id) => submit(`/admin/orders/${id}/delivered`),
        () => placed('paid', 'fulfilled'),
      ),
    },
    'POST /admin/orders/:id/cancelled': {
      acts: ['order.cancelled'],
      run: about((id) => submit(`/admin/orders/${id}/cancelled`), placed),
    },
    'POST /admin/orders/:id/refunds': {
      acts: ['refund.requested'],
      run: about(
        (id) => submit(`/admin/orders/${id}/refunds`, { amount: '1.00', reason: 'late', key: id }),
        () => placed('paid'),
      ),
    },
    'POST /admin/customers/:id/sign-out': {
      acts: ['sessions.ended'],
      run: about(
        (id) => submit(`/admin/customers/${id}/sign-out`),
        async () => (await shop.customer()).id,
      ),
    },
    'POST /admin/customers/:id/erase': {
      acts: ['customer.erased'],
      run: about(
        (id) => submit(`/admin/customers/${id}/erase`),
        async () => (await shop.customer()).id,
      ),
    },
    'POST /admin/tasks/reconcile': {
      acts: ['books.comparison_requested'],
      run: async () => {
        await submit('/admin/tasks/reconcile');
        return null;
      },
    },
    'POST /admin/operations/audit': {
      acts: ['books.comparison_requested'],
      run: async () => {
        await submit('/admin/operations/audit');
        return null;
      },
    },
    'POST /admin/tasks/:id/close': {
      acts: ['task.closed'],
      run: about((id) => submit(`/admin/tasks/${id}/close`, { state: 'done', note: 'x' }), task),
    },
    'POST /admin/webhooks/:id/replay': {
      acts: ['stripe_event.replayed'],
      run: about((id) => submit(`/admin/webhooks/${id}/replay`), parked),
    },
    'POST /admin/webhooks/:id/close': {
      acts: ['stripe_event.closed'],
      run: about((id) => submit(`/admin/webhooks/${id}/close`, { reason: 'known' }), parked),
    },
    'POST /admin/events/:id/send': {
      acts: ['event.replayed'],
      run: about((id) => submit(`/admin/events/${id}/send`), deadEvent),
    },
    'POST /admin/endpoints': {
      acts: ['endpoint.created'],
      run: async () =>
        /\/admin\/endpoints\/([\da-f-]{36})/.exec(
          (await submit('/admin/endpoints', ENDPOINT)).text,
        )?.[1] ?? '',
    },
    'POST /admin/endpoints/:id': {
      acts: ['endpoint.changed'],
      run: about(async (id) => {
        const seen = hidden((await admin.open(`/admin/endpoints/${id}/edit`)).text, 'seen');
        return submit(`/admin/endpoints/${id}`, { ...ENDPOINT, description: 'New', seen });
      }, endpoint),
    },
    'POST /admin/endpoints/:id/disable': {
      acts: ['endpoint.disabled'],
      run: about((id) => submit(`/admin/endpoints/${id}/disable`), endpoint),
    },
    'POST /admin/endpoints/:id/enable': {
      acts: ['endpoint.enabled'],
      run: about(
        (id) => submit(`/admin/endpoints/${id}/enable`),
        async () => {
          const id = await endpoint();
          await submit(`/admin/endpoints/${id}/disable`);
          return id;
        },
      ),
    },
    'POST /admin/endpoints/:id/rotate': {
      acts: ['endpoint.secret_replaced'],
      run: about((id) => submit(`/admin/endpoints/${id}/rotate`), endpoint),
    },
    'POST /admin/endpoints/:id/delete': {
      acts: ['endpoint.deleted'],
      run: about((id) => submit(`/admin/endpoints/${id}/delete`), endpoint),
    },
    'POST /admin/endpoints/:id/ping': {
      acts: ['endpoint.pinged'],
      run: about((id) => submit(`/admin/endpoints/${id}/ping`), endpoint),
    },
    'POST /admin/endpoints/:id/replay-failed': {
      acts: ['endpoint.events_replayed'],
      run: about(
        (id) => submit(`/admin/endpoints/${id}/replay-failed`, { since: '2026-01-01' }),
        endpoint,
      ),
    },
    'POST /admin/endpoints/:id/deliveries/:deliveryId/replay': {
      acts: ['endpoint.pinged', 'endpoint.events_replayed'],
      run: about(
        async (id) => submit(`/admin/endpoints/${id}/deliveries/${await delivery(id)}/replay`),
        endpoint,
      ),
    },
  };
}
