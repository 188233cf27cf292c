import type { Db } from '../../database/database.ts';
import { DEFAULT_CURRENCY, type Money } from '../../shared/money.ts';
import type { Order } from '../orders/orders.model.ts';
import { listOrders } from '../orders/orders.service.ts';
import {
  countOpenWork,
  type LowStock,
  lowestStock,
  type OpenWork,
  ordersByDay,
  revenueByDay,
} from './dashboard.repository.ts';

/** Sales of one day (UTC) or of several. */
export interface Sales {
  readonly orders: number;
  /** One amount for each currency that the shop took money in, in the same order everywhere. */
  readonly revenue: readonly Money[];
}

export interface Dashboard {
  /** The last 30 days, today last. */
  readonly days: readonly (Sales & { readonly day: string })[];
  readonly today: Sales;
  readonly week: Sales;
  readonly month: Sales;
  readonly openWork: OpenWork;
  readonly lowStock: readonly LowStock[];
  readonly latest: readonly Order[];
}

const DAYS = 30;
const LATEST = 8;
export const LOW_STOCK = 5;
/** Counts stop here: more than this is "many". */
export const COUNT_LIMIT = 1000;

/** The shop at a glance: what it sold, and what waits for a person. */
export async function readDashboard(db: Db): Promise<Dashboard> {
  const [placed, taken, openWork, lowStock, latest] = await Promise.all([
    ordersByDay(db, DAYS),
    revenueByDay(db, DAYS),
    countOpenWork(db, COUNT_LIMIT),
    lowestStock(db, { atMost: LOW_STOCK, limit: LATEST }),
    listOrders(db, null, {}, { limit: LATEST }),
  ]);
  const used = [...new Set(taken.map(({ currency }) => currency))];
  const currencies = used.length > 0 ? used : [DEFAULT_CURRENCY];
  const days = placed.map(({ day, orders }) => ({
    day,
    orders,
    revenue: currencies.map((currency) => ({
      amount: taken.find((sum) => sum.day === day && sum.currency === currency)?.amount ?? 0,
      currency,
    })),
  }));
  return {
    days,
    today: sum(days.slice(-1)),
    week: sum(days.slice(-7)),
    month: sum(days),
    openWork,
    lowStock,
    latest: latest.data,
  };
}

function sum(days: readonly Sales[]): Sales {
  const [first] = days;
  return {
    orders: days.reduce((total, { orders }) => total + orders, 0),
    revenue: (first?.revenue ?? []).map(({ currency }, index) => ({
      amount: days.reduce((total, { revenue }) => total + (revenue[index]?.amount ?? 0), 0),
      currency,
    })),
  };
}
