import type { Static, TSchema } from 'typebox';
import { Type } from 'typebox';
import { IdSchema, MoneySchema } from '../http/schemas.ts';
import { userRoles } from '../shared/permissions.ts';

/** One kind of event: what it says happened, and the data it carries. */
function kind<T extends TSchema>(description: string, data: T) {
  return { description, data };
}

const closed = { additionalProperties: false } as const;
const nothing = Type.Object({}, closed);
const money = { orderId: IdSchema, amount: MoneySchema };
const refund = Type.Object(
  { ...money, origin: Type.Enum(['admin', 'automatic', 'provider']) },
  closed,
);
const product = Type.Object(
  {
    slug: Type.String(),
    title: Type.String(),
    status: Type.Enum(['draft', 'active', 'archived']),
  },
  closed,
);
const user = { userId: IdSchema };

/**
 * Every event that the shop records, by its type: past tense, the aggregate before the dot. Data names no person
 * beyond an id; who needs more asks the API. Fields are only ever added.
 */
export const catalogue = {
  'order.placed': kind(
    'An order was placed and its stock reserved.',
    Type.Object(
      {
        number: Type.Integer(),
        total: MoneySchema,
        items: Type.Array(
          Type.Object({ variantId: IdSchema, quantity: Type.Integer({ minimum: 1 }) }, closed),
        ),
      },
      closed,
    ),
  ),
  'order.paid': kind(
    'An order’s money is there; it can be sent.',
    Type.Object(
      {
        total: MoneySchema,
        late: Type.Boolean({
          description: 'Whether it had expired and its stock was taken again.',
        }),
      },
      closed,
    ),
  ),
  'order.cancelled': kind('An unpaid order was cancelled and its stock freed.', nothing),
  'order.expired': kind('An order was not paid in time; its stock was freed.', nothing),
  'order.fulfilled': kind('An order was sent.', nothing),
  'order.delivered': kind('An order arrived.', nothing),
  'order.contact_changed': kind('The e-mail or address of an order was changed.', nothing),
  'order.stock_released': kind(
    'An order was wholly refunded before it was sent; its units are back in stock.',
    nothing,
  ),
  'payment.announced': kind(
    'A customer said that they will pay by other means.',
    Type.Object(money, closed),
  ),
  'payment.captured': kind(
    'Money for an order came in.',
    Type.Object(
      {
        ...money,
        by: Type.Optional(
          Type.Union([IdSchema, Type.Null()], {
            description: 'Of a manual payment: the administrator who said so.',
          }),
        ),
      },
      closed,
    ),
  ),
  'payment.failed': kind(
    'A card was declined, or an attempt to pay failed otherwise.',
    Type.Object({ ...money, failureCode: Type.String() }, closed),
  ),
  'payment.cancelled': kind(
    'An announced payment is no longer expected: its order closed unpaid, or was paid otherwise.',
    Type.Object(money, closed),
  ),
  'refund.requested': kind('Money of a payment was set aside to go back.', refund),
  'refund.succeeded': kind('Money went back to the customer.', refund),
  'refund.failed': kind('A refund failed; its money is available again.', refund),
  'product.created': kind('A product was created.', product),
  'product.updated': kind('A product was changed.', product),
  'product.archived': kind('A product was taken off sale.', product),
  'product.deleted': kind('A product that no order names was deleted.', product),
  'stock.adjusted': kind(
    'Units on hand were received or counted.',
    Type.Object(
      {
        kind: Type.Enum(['receipt', 'adjustment']),
        delta: Type.Integer({ description: 'Units added; negative for fewer.' }),
        reason: Type.String(),
      },
      closed,
    ),
  ),
  'user.registered': kind(
    'An account was made.',
    Type.Object({ ...user, role: Type.Enum([...userRoles]) }, closed),
  ),
  'user.role_changed': kind(
    'An account’s role was changed.',
    Type.Object({ ...user, role: Type.Enum([...userRoles]) }, closed),
  ),
  'user.password_reset': kind(
    'A forgotten password was replaced; every session of the account ended.',
    Type.Object(user, closed),
  ),
} as const;

export type EventType = keyof typeof catalogue;
/** Every type, in the catalogue's order. */
export const eventTypes = Object.keys(catalogue) as EventType[];
export type EventData = { [T in EventType]: Static<(typeof catalogue)[T]['data']> };
