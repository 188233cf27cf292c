import { Type } from 'typebox';
import type { App, Reply, Request } from '../../http/app-type.ts';
import { seeOther, sendPage } from '../../http/browser.ts';
import { formErrors, typed } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { ShopError } from '../../shared/errors.ts';
import {
  adjustStock,
  getStock,
  listMovements,
  listStock,
} from '../inventory/inventory-admin.service.ts';
import { IdParams, ListQuery, PAGE_SIZE } from './admin.schemas.ts';
import { type AdminDeps, workOrShowAgain } from './admin-page.ts';
import { stockItemPage, stockPage } from './admin-stock.views.ts';
import { LOW_STOCK } from './dashboard.service.ts';

const StockQuery = Type.Object({ ...ListQuery, low: Type.Optional(Type.Enum(['', 'on'])) });
const MovementsQuery = Type.Object({ cursor: ListQuery.cursor });
const AdjustForm = Type.Object({
  delta: Type.String({ pattern: '^\\s*[+\\-−]?\\d{1,9}\\s*$' }),
  reason: Type.String({ pattern: '\\S', maxLength: 200 }),
});
const messages = {
  delta: 'Type how many units to add, such as 12, or to take, such as -3.',
  reason: 'Say why, in up to 200 characters: it stays in the ledger.',
};

/** Stock of every variant, and of each one its ledger and the form that adjusts it. */
export function stockPages(app: App, { db, browser, chromeOf }: AdminDeps): void {
  app.get('/admin/stock', { schema: { querystring: StockQuery } }, async (request, reply) => {
    const { q, low, cursor } = request.query;
    const filter = { query: q?.trim() || undefined, low: low === 'on' ? LOW_STOCK : undefined };
    const stock = await listStock(db, { ...filter, limit: PAGE_SIZE, cursor });
    return sendPage(reply, stockPage(await chromeOf(request, reply), stock, { q, low, cursor }));
  });

  app.get(
    '/admin/stock/:id',
    { schema: { params: IdParams, querystring: MovementsQuery } },
    async (request, reply) =>
      sendPage(reply, await itemPage(request, reply, request.params.id, [], request.query.cursor)),
  );

  app.post(
    '/admin/stock/:id',
    { attachValidation: true, schema: { params: IdParams, body: AdjustForm } },
    async (request, reply) => {
      const { id } = request.params;
      return workOrShowAgain(
        request,
        reply,
        async () => {
          assertFits(formErrors(request, messages));
          const { delta, reason } = request.body;
          const stock = await adjustStock(db, {
            variantId: id,
            delta: unitsOf(delta),
            reason: reason.trim(),
            actorId: principalOf(request).userId,
          });
          browser.flash(reply, { kind: 'success', text: `Adjusted: ${stock.onHand} on hand now.` });
          return seeOther(reply, `/admin/stock/${id}`);
        },
        (errors) => itemPage(request, reply, id, errors),
      );
    },
  );

  async function itemPage(
    request: Request,
    reply: Reply,
    id: string,
    errors: readonly FieldError[],
    cursor?: string,
  ) {
    const item = await getStock(db, id);
    const movements = await listMovements(db, id, { limit: PAGE_SIZE, cursor });
    const values = { delta: typed(request.body, 'delta'), reason: typed(request.body, 'reason') };
    return stockItemPage(
      await chromeOf(request, reply),
      { item, movements, cursor },
      { values, errors },
    );
  }
}

function assertFits(errors: readonly FieldError[]): void {
  if (errors.length > 0)
    throw new ShopError('validation_failed', 'The form is not complete.', { errors });
}

/** @throws ShopError validation_failed for zero, which would say nothing. */
function unitsOf(text: string): number {
  const delta = Number(text.trim().replace('−', '-'));
  if (delta === 0) assertFits([{ path: 'delta', message: messages.delta }]);
  return delta;
}
