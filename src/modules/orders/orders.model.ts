import type { Generated, JSONColumnType } from 'kysely';
import type { Money } from '../../shared/money.ts';

export interface OrderTables {
  orders: OrderTable;
  order_items: OrderItemTable;
}

interface OrderTable {
  id: string;
  number: Generated<number>;
  customer_id: string;
  status: OrderStatus;
  stock_state: StockState;
  currency: string;
  subtotal: number;
  discount_total: Generated<number>;
  shipping_total: Generated<number>;
  tax_total: Generated<number>;
  total: number;
  refunded_total: Generated<number>;
  email: string;
  shipping_address: JSONColumnType<Address | null, string | null, string | null>;
  reserved_until: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface OrderItemTable {
  order_id: string;
  position: number;
  variant_id: string;
  product_id: string;
  sku: string;
  title: string;
  quantity: number;
  unit_price: number;
  total: number;
}

/** The line of jobs that shut the payment pages of orders: a busy hour leaves thousands, and others ask Stripe too. */
export const CLOSING = 'close_checkouts';

export type OrderStatus = 'pending' | 'paid' | 'fulfilled' | 'delivered' | 'cancelled' | 'expired';

/** Where an order's units are: held in stock for it, given back, or sent. */
export type StockState = 'reserved' | 'released' | 'shipped';

export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly region?: string;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly phone?: string;
}

/** A line as it was sold: name and price stay as they were, whatever the catalogue says later. */
export interface OrderItem {
  readonly variantId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly total: Money;
}

export interface Order {
  readonly id: string;
  readonly number: number;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly items: OrderItem[];
  readonly subtotal: Money;
  readonly discountTotal: Money;
  readonly shippingTotal: Money;
  readonly taxTotal: Money;
  readonly total: Money;
  readonly refundedTotal: Money;
  readonly email: string;
  readonly shippingAddress: Address | null;
  /** A pending order holds its stock until then. */
  readonly reservedUntil: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * The state machine, whole. Every transition is one conditional UPDATE whose row count is the answer. `expired → paid`
 * happens only when money arrives late and the stock could be taken again.
 */
export const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['paid', 'cancelled', 'expired'],
  paid: ['fulfilled'],
  fulfilled: ['delivered'],
  delivered: [],
  cancelled: [],
  expired: ['paid'],
};

/** The states from which an order may become `to`. */
export function statesBefore(to: OrderStatus): OrderStatus[] {
  return (Object.keys(transitions) as OrderStatus[]).filter((from) =>
    transitions[from].includes(to),
  );
}
