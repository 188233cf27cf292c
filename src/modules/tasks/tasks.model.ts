import type { Generated } from 'kysely';

export interface TaskTables {
  admin_tasks: TaskTable;
}

interface TaskTable {
  id: string;
  kind: string;
  subject: string;
  title: string;
  detail: string;
  severity: TaskSeverity;
  state: Generated<TaskState>;
  order_id: string | null;
  first_seen: Generated<Date>;
  last_seen: Generated<Date>;
  closed_at: Date | null;
  closed_by: string | null;
  note: string | null;
}

/** error: money or stock may be wrong; warning: it waits for a look. */
export type TaskSeverity = 'error' | 'warning';
/** done: put right, so the same found again is news; dismissed: known and accepted for as long as it is found. */
export type TaskState = 'open' | 'done' | 'dismissed';

/** Of what is noted as a task is closed, in characters. */
export const MAX_NOTE_LENGTH = 1000;

/** Something that a person has to look at; one task is open for a kind and subject, however often it is found. */
export interface TaskDraft {
  readonly kind: string;
  /** What it is about: an id of ours or of Stripe. */
  readonly subject: string;
  readonly title: string;
  /** What is wrong; a dismissed task that says the same is not opened again. */
  readonly detail: string;
  readonly severity: TaskSeverity;
  readonly orderId: string | null;
}

export interface Task extends TaskDraft {
  readonly id: string;
  readonly state: TaskState;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly closedAt: string | null;
  /** The administrator who closed it; null also where it closed itself. */
  readonly closedBy: string | null;
  readonly note: string | null;
}
