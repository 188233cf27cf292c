import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // When a payment was announced and when it was called off, and how many attempts to pay it were declined. The
  // version before fills none of them, and records no event of those either.
  await sql`
    ALTER TABLE payments
      ADD COLUMN announced_at timestamptz,
      ADD COLUMN cancelled_at timestamptz,
      ADD COLUMN declines integer NOT NULL DEFAULT 0,
      ADD CONSTRAINT payments_announced_by_hand CHECK (announced_at IS NULL OR provider = 'manual'),
      ADD CONSTRAINT payments_called_off CHECK (cancelled_at IS NULL OR status = 'cancelled'),
      ADD CONSTRAINT payments_declined_by_stripe CHECK (declines = 0 OR (provider = 'stripe' AND declines > 0))`.execute(
    db,
  );
  // One row is one movement between two accounts, so none can be out of balance.
  await sql`
    CREATE TABLE ledger_transactions (
      -- A UUIDv7 of created_at, by ledger_id().
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      debit_account text NOT NULL,
      credit_account text NOT NULL,
      amount bigint NOT NULL CHECK (amount > 0),
      currency char(3) NOT NULL,
      order_id uuid NOT NULL,
      payment_id uuid NOT NULL,
      refund_id uuid,
      created_at timestamptz NOT NULL,
      CONSTRAINT ledger_has_two_sides CHECK (debit_account <> credit_account),
      CONSTRAINT ledger_accounts_fit_kind CHECK (CASE kind
        WHEN 'capture' THEN refund_id IS NULL
          AND debit_account IN ('stripe_balance', 'manual_receipts') AND credit_account IN ('sales', 'customer_funds')
        WHEN 'refund_requested' THEN refund_id IS NOT NULL
          AND debit_account IN ('sales', 'customer_funds') AND credit_account = 'refunds_pending'
        WHEN 'refund_succeeded' THEN refund_id IS NOT NULL
          AND debit_account = 'refunds_pending' AND credit_account IN ('stripe_balance', 'manual_receipts')
        WHEN 'refund_failed' THEN refund_id IS NOT NULL
          AND debit_account = 'refunds_pending' AND credit_account IN ('sales', 'customer_funds')
        ELSE false END)
    )`.execute(db);
  // Movements of one moment stand in the order in which money takes its way: in, set aside, out.
  await sql`
    CREATE FUNCTION ledger_id(moment timestamptz, kind text) RETURNS uuid LANGUAGE sql VOLATILE AS $$
      SELECT encode(
        substring(int8send(floor(extract(epoch FROM moment) * 1000)::bigint) FROM 3)
          || CASE kind WHEN 'capture' THEN '\\x7000' WHEN 'refund_requested' THEN '\\x7001' ELSE '\\x7002' END::bytea
          || substring(uuid_send(gen_random_uuid()) FROM 9), 'hex')::uuid
    $$`.execute(db);
  await backfill(db);
  await sql`
    ALTER TABLE ledger_transactions
      ADD FOREIGN KEY (order_id) REFERENCES orders,
      ADD FOREIGN KEY (payment_id) REFERENCES payments,
      ADD FOREIGN KEY (refund_id) REFERENCES refunds`.execute(db);
  // Each capture, each request and each end of a refund is in the ledger once.
  await sql`CREATE UNIQUE INDEX ledger_one_capture ON ledger_transactions (payment_id) WHERE kind = 'capture'`.execute(
    db,
  );
  await sql`CREATE UNIQUE INDEX ledger_one_request ON ledger_transactions (refund_id) WHERE kind = 'refund_requested'`.execute(
    db,
  );
  await sql`CREATE UNIQUE INDEX ledger_one_end ON ledger_transactions (refund_id) WHERE kind IN ('refund_succeeded', 'refund_failed')`.execute(
    db,
  );
  await sql`CREATE INDEX ledger_order_id_idx ON ledger_transactions (order_id, id DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX ledger_debit_idx ON ledger_transactions (debit_account, id DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX ledger_credit_idx ON ledger_transactions (credit_account, id DESC)`.execute(
    db,
  );
  // Where the sweep looks for what the ledger lacks.
  await sql`CREATE INDEX payments_changed_idx ON payments (updated_at) WHERE status = 'succeeded'`.execute(
    db,
  );
  await sql`CREATE INDEX refunds_changed_idx ON refunds (updated_at)`.execute(db);
  // The same, two rows to a movement: what an account's entries add up to is its balance.
  await sql`
    CREATE VIEW ledger_entries AS
      SELECT id AS transaction_id, debit_account AS account, amount, currency, order_id, created_at
      FROM ledger_transactions
      UNION ALL
      SELECT id, credit_account, -amount, currency, order_id, created_at
      FROM ledger_transactions`.execute(db);
  await sql`
    CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the ledger is only ever added to: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER ledger_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`.execute(db);
}

/** What payments and refunds have moved so far; many rows may take longer than a statement is otherwise given. */
async function backfill(db: Kysely<unknown>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(db);
  await sql`
    INSERT INTO ledger_transactions
      (id, kind, debit_account, credit_account, amount, currency, order_id, payment_id, created_at)
    SELECT ledger_id(moved_at, 'capture'), 'capture',
      CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END,
      CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END,
      amount, currency, order_id, payments.id, moved_at
    FROM payments
    LEFT JOIN (
      SELECT aggregate_id, min(occurred_at) AS occurred_at
      FROM outbox_events WHERE type = 'payment.captured' GROUP BY aggregate_id
    ) AS told ON told.aggregate_id = payments.id
    CROSS JOIN LATERAL (SELECT coalesce(told.occurred_at, payments.created_at) AS moved_at) AS moment
    WHERE status = 'succeeded' AND amount > 0`.execute(db);
  await sql`
    INSERT INTO ledger_transactions
      (id, kind, debit_account, credit_account, amount, currency, order_id, payment_id, refund_id, created_at)
    SELECT ledger_id(moved_at, kind), kind, debit, credit, refunds.amount, refunds.currency, refunds.order_id,
      payment_id, refunds.id, moved_at
    FROM refunds JOIN payments ON payments.id = payment_id
    CROSS JOIN LATERAL (SELECT
      CASE provider WHEN 'stripe' THEN 'stripe_balance' ELSE 'manual_receipts' END AS holding,
      CASE WHEN settles_order THEN 'sales' ELSE 'customer_funds' END AS earning) AS account
    CROSS JOIN LATERAL (
      SELECT 'refund_requested' AS kind, earning AS debit, 'refunds_pending' AS credit, refunds.created_at AS moved_at
      UNION ALL
      SELECT 'refund_succeeded', 'refunds_pending', holding, refunds.updated_at WHERE refunds.status = 'succeeded'
      UNION ALL
      SELECT 'refund_failed', 'refunds_pending', earning, refunds.updated_at WHERE refunds.status = 'failed'
    ) AS movement`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP VIEW ledger_entries`.execute(db);
  await sql`DROP TABLE ledger_transactions`.execute(db);
  await sql`DROP FUNCTION refuse_ledger_change, ledger_id`.execute(db);
  await sql`DROP INDEX payments_changed_idx, refunds_changed_idx`.execute(db);
  await sql`
    ALTER TABLE payments
      DROP COLUMN announced_at, DROP COLUMN cancelled_at, DROP COLUMN declines`.execute(db);
}
