import { sql } from 'kysely';
import type { Check } from './audit.model.ts';

/** Events on their way to merchants' endpoints. */
export const deliveryChecks: readonly Check[] = [
  {
    name: 'delivery-attempts-logged',
    severity: 'finding',
    claim: 'every attempt to deliver an event stands in the log, and no other',
    offenders: sql`
      SELECT 'delivery ' || id AS subject,
        format('%s attempts, %s in the log', attempts, coalesce(logged, 0)) AS detail
      FROM webhook_deliveries
      LEFT JOIN (
        SELECT delivery_id, count(*) AS logged FROM webhook_attempts GROUP BY delivery_id
      ) AS log ON delivery_id = id
      WHERE attempts <> coalesce(logged, 0)`,
  },
  {
    name: 'deliveries-go-in-time',
    severity: 'warning',
    claim: 'no delivery to an enabled endpoint is due for ten minutes',
    offenders: sql`
      SELECT 'delivery ' || webhook_deliveries.id AS subject,
        format('%s to endpoint %s, due %s', event_type, endpoint_id, next_attempt_at) AS detail
      FROM webhook_deliveries JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id
      WHERE webhook_deliveries.state = 'pending' AND webhook_endpoints.state = 'enabled'
        AND next_attempt_at < now() - interval '10 minutes'`,
  },
  {
    name: 'endpoints-take-events',
    severity: 'warning',
    claim: 'no endpoint was disabled because it failed',
    offenders: sql`
      SELECT 'endpoint ' || id AS subject, format('%s: %s', disabled_at, disabled_reason) AS detail
      FROM webhook_endpoints
      WHERE state = 'disabled' AND failing_since IS NOT NULL`,
  },
];
