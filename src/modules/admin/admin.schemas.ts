import { type TSchema, Type } from 'typebox';
import { IdSchema } from '../../http/schemas.ts';

/** Query fields of every list: a filter form also sends those that were left empty. */
export const ListQuery = {
  q: Type.Optional(Type.String({ maxLength: 254 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
};

export const CursorQuery = Type.Object({ cursor: ListQuery.cursor });

/** Ticked boxes of one name come as one text or as several; none are not sent. */
export function TickedBoxes<T extends TSchema>(box: T) {
  return Type.Optional(Type.Union([box, Type.Array(box, { uniqueItems: true })]));
}

export const IdParams = Type.Object({ id: IdSchema });

/** How many rows a page of a list shows. */
export const PAGE_SIZE = 25;
