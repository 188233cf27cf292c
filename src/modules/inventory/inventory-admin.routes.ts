import type { App } from '../../http/app-type.ts';
import { PageOf, problemsFor } from '../../http/schemas.ts';
import { type InventoryDeps, inventoryController } from './inventory-admin.controller.ts';
import {
  AdjustmentBody,
  ListStockQuery,
  MovementSchema,
  MovementsQuery,
  StockItemSchema,
  VariantParams,
} from './inventory-admin.schemas.ts';

const common = { tags: ['Inventory'], security: [{ bearer: [] }] };

/** Stock for administrators: levels, their ledger, adjustments by hand. */
export function inventoryRoutes(app: App, deps: InventoryDeps): void {
  const inventory = inventoryController(deps);
  app.get(
    '/api/inventory',
    {
      config: { access: 'stock:read' },
      schema: {
        ...common,
        summary: 'List the stock of every variant on sale',
        querystring: ListStockQuery,
        response: { 200: PageOf(StockItemSchema), ...problemsFor(400, 401, 403) },
      },
    },
    (request) => inventory.list(request.query),
  );
  app.get(
    '/api/inventory/:variantId/movements',
    {
      config: { access: 'stock:read' },
      schema: {
        ...common,
        summary: 'Show a variant’s ledger, newest first',
        params: VariantParams,
        querystring: MovementsQuery,
        response: { 200: PageOf(MovementSchema), ...problemsFor(400, 401, 403, 404) },
      },
    },
    (request) => inventory.movements(request.params.variantId, request.query),
  );
  app.post(
    '/api/inventory/:variantId/adjustments',
    {
      config: { access: 'stock:write' },
      schema: {
        ...common,
        summary: 'Add or take units, with a reason',
        description: 'Refused with 409 when orders have reserved more than would be left.',
        params: VariantParams,
        body: AdjustmentBody,
        response: { 201: StockItemSchema, ...problemsFor(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await inventory.adjust(request, request.params.variantId, request.body)),
  );
}
