import type { ActivityEntry } from '../../telemetry/activity.ts';

export interface StoryTables {
  activity: ActivityTable;
}

/** One row for each request or attempt at a job, and for each order that it was about. */
interface ActivityTable {
  id: string;
  at: Date;
  kind: ActivityEntry['kind'];
  name: string;
  outcome: ActivityEntry['outcome'];
  status: number | null;
  code: string | null;
  duration_ms: number;
  correlation_id: string;
  trace_id: string | null;
  order_id: string | null;
  actor_hash: string | null;
}
