import type { Money } from '../../shared/money.ts';

export interface LedgerTables {
  ledger_transactions: LedgerTransactionTable;
}

/** Only ever added to: the database refuses UPDATE and DELETE. */
interface LedgerTransactionTable {
  id: string;
  kind: MovementKind;
  debit_account: Account;
  credit_account: Account;
  amount: number;
  currency: string;
  order_id: string;
  payment_id: string;
  refund_id: string | null;
  created_at: Date;
}

/** The side on which an account grows: debit for what the shop has, credit for what it earned or owes. */
export type Side = 'debit' | 'credit';

/** The chart of accounts: every place where money can be, as far as the shop knows. */
export const accounts = {
  stripe_balance: {
    label: 'Stripe balance',
    meaning: 'Money that Stripe captured and has not given back',
    side: 'debit',
  },
  manual_receipts: {
    label: 'Manual receipts',
    meaning: 'Money that came by other means (transfer, cash), by an administrator’s word',
    side: 'debit',
  },
  sales: {
    label: 'Sales',
    meaning: 'Money that paid for orders, less what was set aside to go back',
    side: 'credit',
  },
  customer_funds: {
    label: 'Customer funds',
    meaning: 'Money captured that paid for no order: too late, or twice',
    side: 'credit',
  },
  refunds_pending: {
    label: 'Refunds pending',
    meaning: 'Money set aside to go back that has not gone yet',
    side: 'credit',
  },
} as const satisfies Record<string, { label: string; meaning: string; side: Side }>;

export type Account = keyof typeof accounts;
export const accountNames = Object.keys(accounts) as Account[];

/** Why money moves. */
export const movementKinds = [
  'capture',
  'refund_requested',
  'refund_succeeded',
  'refund_failed',
] as const;
export type MovementKind = (typeof movementKinds)[number];

/** One movement: its amount goes to the debit account from the credit account. */
export interface LedgerTransaction {
  readonly id: string;
  readonly kind: MovementKind;
  readonly debitAccount: Account;
  readonly creditAccount: Account;
  readonly amount: Money;
  readonly orderId: string;
  readonly orderNumber: number;
  readonly paymentId: string;
  readonly refundId: string | null;
  readonly createdAt: string;
}

/** An account in one currency; amounts in minor units. */
export interface Balance {
  readonly account: Account;
  readonly side: Side;
  readonly currency: string;
  readonly debits: number;
  readonly credits: number;
  /** On the account's own side; below zero only where something is wrong. */
  readonly balance: number;
}

/** Which transactions to list. */
export interface LedgerFilter {
  readonly orderId?: string | undefined;
  readonly orderNumber?: number | undefined;
  /** On either side. */
  readonly account?: Account | undefined;
}

/** No id made before this moment is above it, none made later below: ids begin with their time (UUIDv7). */
export function firstIdAt(moment: Date): string {
  const time = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
