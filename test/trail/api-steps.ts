import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { CSV, ENDPOINT, type Scene, type Step } from './scene.ts';

/** What staff do by the API, by route. */
export function apiSteps({
  shop,
  asAdmin,
  placed,
  endpoint,
  delivery,
  task,
  about,
  productId,
  variantId,
}: Scene): Record<string, Step> {
  return {
    'POST /api/products': {
      acts: ['product.created'],
      run: async () => {
        const body = {
          title: 'Cup',
          sku: randomUUID().slice(0, 8),
          price: { amount: 5, currency: 'USD' },
          stock: 1,
        };
        return (await asAdmin('POST', '/api/products', body)).body.id;
      },
    },
    'PUT /api/products/:id': {
      acts: ['product.updated'],
      run: about((id) => asAdmin('PUT', `/api/products/${id}`, { title: 'Ash board' }), productId),
    },
    'DELETE /api/products/:id': {
      acts: ['product.deleted'],
      run: about((id) => asAdmin('DELETE', `/api/products/${id}`), productId),
    },
    'POST /api/products/import': {
      acts: ['catalogue.import_begun', 'catalogue.imported'],
      run: async () => {
        const token = await shop.adminToken();
        const response = await fetch(`${shop.url}/api/products/import`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
          body: `${CSV}9.00\n`,
        });
        expect(response.status).toBe(200);
        return null;
      },
    },
    'POST /api/inventory/:variantId/adjustments': {
      acts: ['stock.adjusted'],
      run: about(
        (id) => asAdmin('POST', `/api/inventory/${id}/adjustments`, { delta: 2, reason: 'found' }),
        variantId,
      ),
    },
    'PUT /api/orders/:id': {
      acts: ['order.contact_changed', 'order.paid_by_hand'],
      run: about(
        (id) => asAdmin('PUT', `/api/orders/${id}`, { email: 'new@example.test', status: 'paid' }),
        placed,
      ),
    },
    'DELETE /api/orders/:id': {
      acts: ['order.cancelled'],
      run: about((id) => asAdmin('DELETE', `/api/orders/${id}`), placed),
    },
    'POST /api/orders/:id/refunds': {
      acts: ['refund.requested'],
      run: about(
        (id) => asAdmin('POST', `/api/orders/${id}/refunds`, {}),
        () => placed('paid'),
      ),
    },
    'POST /api/payments': {
      acts: ['order.paid_by_hand'],
      run: about(
        (orderId) => asAdmin('POST', '/api/payments', { orderId, status: 'succeeded' }),
        placed,
      ),
    },
    'PUT /api/tasks/:id': {
      acts: ['task.closed'],
      run: about((id) => asAdmin('PUT', `/api/tasks/${id}`, { state: 'done', note: 'x' }), task),
    },
    'POST /api/webhook-endpoints': { acts: ['endpoint.created'], run: endpoint },
    'PUT /api/webhook-endpoints/:id': {
      acts: ['endpoint.disabled', 'endpoint.changed'],
      run: about((id) => {
        const changed = { ...ENDPOINT, description: 'Stock', enabled: false };
        return asAdmin('PUT', `/api/webhook-endpoints/${id}`, changed);
      }, endpoint),
    },
    'DELETE /api/webhook-endpoints/:id': {
      acts: ['endpoint.deleted'],
      run: about((id) => asAdmin('DELETE', `/api/webhook-endpoints/${id}`), endpoint),
    },
    'POST /api/webhook-endpoints/:id/rotate-secret': {
      acts: ['endpoint.secret_replaced'],
      run: about((id) => asAdmin('POST', `/api/webhook-endpoints/${id}/rotate-secret`), endpoint),
    },
    'POST /api/webhook-endpoints/:id/deliveries/:deliveryId/replay': {
      acts: ['endpoint.pinged', 'endpoint.events_replayed'],
      run: about(
        async (id) =>
          asAdmin('POST', `/api/webhook-endpoints/${id}/deliveries/${await delivery(id)}/replay`),
        endpoint,
      ),
    },
  };
}
