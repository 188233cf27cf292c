import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Invariant 4, by double entry: the ledger, the payments and refunds, and the orders tell the same of all money. */
export const ledgerChecks: readonly Check[] = [
  {
    name: 'ledger-balances',
    severity: 'finding',
    claim:
      'every transaction takes an amount from one account of the chart and puts it into another',
    offenders: sql`
      WITH chart AS (
        SELECT ARRAY['stripe_balance', 'manual_receipts', 'sales', 'customer_funds', 'refunds_pending'] AS accounts
      )
      SELECT 'transaction ' || id AS subject,
        format('%s, %s %s, debit %s, credit %s', kind, amount, currency, debit_account, credit_account) AS detail
      FROM ledger_transactions, chart
      WHERE amount <= 0 OR debit_account = credit_account
        OR debit_account <> ALL (accounts) OR credit_account <> ALL (accounts)`,
  },
  {
    name: 'ledger-has-payments',
    severity: 'finding',
    claim:
      'every captured payment is in the ledger once, with its amount and accounts, and no other is',
    offenders: sql`
      WITH due AS (
        SELECT id, amount, currency, order_id,
          CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END AS holding,
          CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END AS earning
        FROM payments WHERE status = 'succeeded' AND amount > 0
      ), posted AS (
        SELECT payment_id AS id, count(*) AS times, sum(amount) AS amount, min(currency) AS currency,
          min(debit_account) AS holding, min(credit_account) AS earning,
          -- A payment's own order, unless rows disagree.
          CASE WHEN min(order_id::text) = max(order_id::text) THEN min(order_id::text)::uuid END AS order_id
        FROM ledger_transactions WHERE kind = 'capture'
        GROUP BY payment_id
      )
      SELECT 'payment ' || id AS subject,
        format('%s %s to %s, %s; in the ledger %s times, %s %s, %s, %s', due.amount, due.currency, due.holding,
          due.earning, coalesce(times, 0), posted.amount, posted.currency, posted.holding, posted.earning) AS detail
      FROM due FULL JOIN posted USING (id)
      WHERE times IS DISTINCT FROM 1
        OR (due.amount, due.currency, due.holding, due.earning, due.order_id)
          IS DISTINCT FROM (posted.amount, posted.currency, posted.holding, posted.earning, posted.order_id)`,
  },
  {
    name: 'ledger-has-refunds',
    severity: 'finding',
    claim:
      'every refund is in the ledger once when it was asked for and once when it ended, and no other is',
    offenders: sql`
      WITH due AS (
        SELECT refunds.id, step.kind, refunds.amount, refunds.currency, payment_id, refunds.order_id, debit, credit
        FROM refunds JOIN payments ON payments.id = payment_id
        CROSS JOIN LATERAL (SELECT
          CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END AS earning,
          CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END AS holding) AS account
        CROSS JOIN LATERAL (VALUES
          ('refund_requested', earning, 'refunds_pending'),
          ('refund_succeeded', 'refunds_pending', holding),
          ('refund_failed', 'refunds_pending', earning)) AS step (kind, debit, credit)
        WHERE step.kind IN ('refund_requested', 'refund_' || refunds.status)
      ), posted AS (
        SELECT refund_id AS id, kind, count(*) AS times, sum(amount) AS amount, min(currency) AS currency,
          min(payment_id::text)::uuid AS payment_id, min(order_id::text)::uuid AS order_id,
          min(debit_account) AS debit, min(credit_account) AS credit
        FROM ledger_transactions WHERE kind <> 'capture'
        GROUP BY refund_id, kind
      )
      SELECT 'refund ' || id AS subject,
        format('%s: %s %s, debit %s, credit %s; in the ledger %s times, %s %s, debit %s, credit %s', kind, due.amount,
          due.currency, due.debit, due.credit, coalesce(times, 0), posted.amount, posted.currency, posted.debit,
          posted.credit) AS detail
      FROM due FULL JOIN posted USING (id, kind)
      WHERE times IS DISTINCT FROM 1
        OR (due.amount, due.currency, due.payment_id, due.order_id, due.debit, due.credit) IS DISTINCT FROM
          (posted.amount, posted.currency, posted.payment_id, posted.order_id, posted.debit, posted.credit)`,
  },
  {
    name: 'ledger-accounts-agree',
    severity: 'finding',
    claim: 'the balance of every account, per currency, is what payments and refunds add up to',
    offenders: sql`
      WITH money AS (
        SELECT provider, settles_order, payments.currency, payments.amount AS captured,
          coalesce(gone, 0) AS gone, coalesce(waiting, 0) AS waiting
        FROM payments LEFT JOIN (
          SELECT payment_id, sum(amount) FILTER (WHERE status = 'succeeded') AS gone,
            sum(amount) FILTER (WHERE status = 'pending') AS waiting
          FROM refunds GROUP BY payment_id
        ) AS given ON given.payment_id = payments.id
        WHERE status = 'succeeded'
      ), expected AS (
        SELECT account, currency, sum(balance) AS balance
        FROM money CROSS JOIN LATERAL (VALUES
          (CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END, captured - gone),
          (CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END, gone + waiting - captured),
          ('refunds_pending', -waiting)) AS side (account, balance)
        GROUP BY account, currency
      ), posted AS (
        SELECT account, currency, sum(amount) AS balance FROM ledger_entries GROUP BY account, currency
      )
      SELECT 'account ' || account || '/' || currency AS subject,
        format('by payments and refunds %s, by the ledger %s', coalesce(expected.balance, 0),
          coalesce(posted.balance, 0)) AS detail
      FROM expected FULL JOIN posted USING (account, currency)
      WHERE coalesce(expected.balance, 0) <> coalesce(posted.balance, 0)`,
  },
  {
    name: 'ledger-orders-agree',
    severity: 'finding',
    claim:
      'what an order earned by the ledger is its total when it is paid, less what went back or is going back',
    offenders: sql`
      WITH earned AS (
        SELECT order_id AS id,
          sum(CASE 'sales' WHEN credit_account THEN amount WHEN debit_account THEN -amount END) AS sales
        FROM ledger_transactions GROUP BY order_id
      ), waiting AS (
        SELECT payments.order_id AS id, sum(refunds.amount) AS amount
        FROM refunds JOIN payments ON payments.id = payment_id
        WHERE refunds.status = 'pending' AND settles_order
        GROUP BY payments.order_id
      )
      SELECT 'order ' || orders.id AS subject,
        format('%s, total %s, refunded %s, going back %s; by the ledger %s', status, total,
          refunded_total, coalesce(waiting.amount, 0), coalesce(sales, 0)) AS detail
      FROM orders LEFT JOIN earned USING (id) LEFT JOIN waiting USING (id)
      WHERE coalesce(sales, 0) <> CASE WHEN status IN ('paid', 'fulfilled', 'delivered')
          THEN total - refunded_total - coalesce(waiting.amount, 0) ELSE 0 END`,
  },
];
