import { sql } from 'kysely';
import type { WorldCheck } from './violation.ts';

/** What would need a person: after every fault there is none of it. */
export const repairChecks: readonly WorldCheck[] = [
  {
    name: 'no-parked-event',
    async breaches({ tx }) {
      const { rows } = await sql<{ event_id: string; type: string; note: string | null }>`
        SELECT event_id, type, note FROM webhook_events
        WHERE state NOT IN ('applied', 'ignored')`.execute(tx);
      return rows.map(({ event_id, type, note }) => `${event_id} (${type}): ${note ?? 'waits'}`);
    },
  },
  {
    name: 'no-dead-job',
    async breaches({ tx }) {
      const { rows } = await sql<{ id: string; task: string; attempts: number; error: string }>`
        SELECT id::text, task_identifier AS task, attempts, coalesce(last_error, '') AS error
        FROM graphile_worker.jobs
        WHERE attempts >= max_attempts OR locked_at IS NOT NULL`.execute(tx);
      return rows.map(
        ({ id, task, attempts, error }) => `job ${id} (${task}, ${attempts} attempts): ${error}`,
      );
    },
  },
  {
    name: 'no-open-task',
    async breaches({ tx }) {
      const { rows } = await sql<{ exists: boolean }>`
        SELECT to_regclass('admin_tasks') IS NOT NULL AS exists`.execute(tx);
      if (!rows[0]?.exists) return [];
      const tasks = await sql<{ kind: string; subject: string; title: string }>`
        SELECT kind, subject, title FROM admin_tasks WHERE state = 'open'`.execute(tx);
      return tasks.rows.map(({ kind, subject, title }) => `${kind} ${subject}: ${title}`);
    },
  },
];
