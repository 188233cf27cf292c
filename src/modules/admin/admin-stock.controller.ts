import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { typed, workOrShowAgain } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import { principalOf } from '../../http/principal.ts';
import { seeOther } from '../../http/ways.ts';
import { invalid } from '../../shared/errors.ts';
import {
  adjustStock,
  getStock,
  listMovements,
  listStock,
} from '../inventory/inventory-admin.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import type { AdminDeps } from './admin-page.ts';
import { stockItemPage, stockPage } from './admin-stock.views.ts';
import { LOW_STOCK } from './dashboard.service.ts';

interface StockFilter {
  readonly q?: string;
  readonly low?: '' | 'on';
  readonly cursor?: string;
}

const messages = {
  delta: 'Type how many units to add, such as 12, or to take, such as -3.',
  reason: 'Say why, in up to 200 characters: it stays in the ledger.',
};

/** Requests about stock; an adjustment that is refused is shown again as it was typed. */
export function stockController({ db, browser, chromeOf }: AdminDeps) {
  return {
    async list(request: Request, reply: Reply, { q, low, cursor }: StockFilter) {
      const filter = { query: q?.trim() || undefined, low: low === 'on' ? LOW_STOCK : undefined };
      const stock = await listStock(db, { ...filter, limit: PAGE_SIZE, cursor });
      return sendPage(reply, stockPage(await chromeOf(request, reply), stock, { q, low, cursor }));
    },

    async show(request: Request, reply: Reply, id: string, cursor: string | undefined) {
      return sendPage(reply, await itemPage(request, reply, id, [], cursor));
    },

    adjust: (request: Request, reply: Reply, id: string, form: { delta: string; reason: string }) =>
      workOrShowAgain(request, reply, {
        messages,
        work: async () => {
          const stock = await adjustStock(db, {
            variantId: id,
            delta: unitsOf(form.delta),
            reason: form.reason.trim(),
            actorId: principalOf(request).userId,
          });
          browser.flash(reply, { kind: 'success', text: `Adjusted: ${stock.onHand} on hand now.` });
          return seeOther(reply, `/admin/stock/${id}`);
        },
        again: (errors) => itemPage(request, reply, id, errors),
      }),
  };

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

/** @throws ShopError validation_failed for zero, which would say nothing. */
function unitsOf(text: string): number {
  const delta = Number(text.trim().replace('−', '-'));
  if (delta === 0) throw invalid('delta', messages.delta);
  return delta;
}
