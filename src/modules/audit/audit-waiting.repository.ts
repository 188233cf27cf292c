import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/**
 * What waits longer than it does while a shop's worker runs, or waits for a person. None breaks an invariant: with
 * the shop stopped, an order may well be past its reservation, and the next start expires it.
 */
export const waitingChecks: readonly Check[] = [
  {
    name: 'orders-expire-in-time',
    severity: 'warning',
    claim: 'no order is pending a minute after its reservation ended',
    offenders: sql`
      SELECT 'order ' || id AS subject, format('reserved until %s', reserved_until) AS detail
      FROM orders
      WHERE status = 'pending' AND reserved_until < now() - interval '1 minute'`,
  },
  {
    name: 'refunds-end-in-time',
    severity: 'warning',
    claim: 'no refund is pending after an hour',
    offenders: sql`
      SELECT 'refund ' || id AS subject,
        format('%s %s of order %s since %s', amount, currency, order_id, created_at) AS detail
      FROM refunds
      WHERE status = 'pending' AND created_at < now() - interval '1 hour'`,
  },
  {
    name: 'webhooks-apply-in-time',
    severity: 'warning',
    claim: 'no received webhook waits five minutes to be applied',
    offenders: sql`
      SELECT 'event ' || event_id AS subject,
        format('%s, received %s, %s attempts: %s', type, received_at, attempts, coalesce(note, '')) AS detail
      FROM webhook_events
      WHERE state = 'received' AND received_at < now() - interval '5 minutes'`,
  },
  {
    name: 'jobs-are-done',
    severity: 'warning',
    claim: 'no job failed for the last time',
    offenders: sql`
      SELECT 'job ' || id AS subject,
        format('%s %s, %s attempts: %s', task_identifier, coalesce(key, ''), attempts,
          coalesce(left(last_error, 200), '')) AS detail
      FROM graphile_worker.jobs
      WHERE attempts >= max_attempts AND locked_at IS NULL`,
  },
  {
    name: 'webhooks-parked',
    severity: 'warning',
    claim: 'no webhook with money that does not match waits for a person',
    offenders: sql`
      SELECT 'event ' || event_id AS subject, format('%s: %s', type, coalesce(note, '')) AS detail
      FROM webhook_events WHERE state = 'parked'`,
  },
  {
    name: 'tasks-are-done',
    severity: 'warning',
    claim: 'no task about money or stock that may be wrong is open',
    offenders: sql`
      SELECT 'task ' || id AS subject, format('%s %s: %s', kind, subject, detail) AS detail
      FROM admin_tasks WHERE state = 'open' AND severity = 'error'`,
  },
  {
    name: 'reconciled-in-time',
    severity: 'warning',
    claim: 'the shop was compared with Stripe in the last half hour, if ever',
    offenders: sql`
      SELECT 'run ' || id AS subject,
        format('begun %s; last success %s; %s', started_at, coalesce(success::text, 'never'), coalesce(error, '')) AS detail
      FROM (SELECT * FROM reconciliation_runs ORDER BY id DESC LIMIT 1) AS latest
      CROSS JOIN (
        SELECT max(finished_at) AS success FROM reconciliation_runs WHERE error IS NULL AND NOT unfinished) AS succeeded
      WHERE coalesce(success, started_at) < now() - interval '30 minutes'`,
  },
];
