import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { Request } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import type { Adjustment, ListStockQuery, MovementsQuery } from './inventory-admin.schemas.ts';
import { adjustStock, listMovements, listStock } from './inventory-admin.service.ts';

export interface InventoryDeps {
  readonly db: Db;
}

export function inventoryController({ db }: InventoryDeps) {
  return {
    list: ({ limit = DEFAULT_LIMIT, ...filter }: Static<typeof ListStockQuery>) =>
      listStock(db, { limit, ...filter }),

    movements: (
      variantId: string,
      { limit = DEFAULT_LIMIT, cursor }: Static<typeof MovementsQuery>,
    ) => listMovements(db, variantId, { limit, cursor }),

    adjust: (request: Request, variantId: string, { delta, reason }: Adjustment) =>
      adjustStock(db, { variantId, delta, reason, actorId: principalOf(request).userId }),
  };
}
