import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import type { Task, TaskDraft, TaskSeverity, TaskState } from './tasks.model.ts';
import {
  closeOpen,
  countOpen,
  emptyNotes,
  findTask,
  findTasks,
  resolveTasks,
  type TaskFilter,
  upsertTasks,
} from './tasks.repository.ts';

export type { TaskFilter };

/** Opens a task for each, or notes on the open one that it was found again. Each kind and subject once in `drafts`. */
export async function openTasks(tx: Tx, drafts: readonly TaskDraft[]): Promise<void> {
  if (drafts.length > 0) await upsertTasks(tx, drafts);
}

/** Closes the tasks of what is not found any more. */
export async function closeResolved(
  tx: Tx,
  keys: readonly { kind: string; subject: string }[],
  note: string,
): Promise<void> {
  if (keys.length > 0) await resolveTasks(tx, keys, note);
}

/** One task. @throws ShopError not_found. */
export async function getTask(db: Db, id: string): Promise<Task> {
  const task = await findTask(db, id);
  if (!task) throw notFound('The task');
  return task;
}

/** A page of tasks, open ones first, the newest first. */
export function listTasks(db: Db, filter: TaskFilter, page: PageRequest): Promise<Page<Task>> {
  return findTasks(db, filter, page);
}

/**
 * Closes an open task with a note of what was done, or of why nothing has to be.
 * @throws ShopError not_found, conflict (closed already).
 */
export async function closeTask(
  db: Db,
  id: string,
  closing: { state: Exclude<TaskState, 'open'>; note: string; actorId: string },
): Promise<Task> {
  return inTransaction(db, async (tx) => {
    const closed = await closeOpen(tx, id, closing);
    const task = await getTask(tx, id);
    if (!closed) throw new ShopError('conflict', 'This task is closed already.');
    await note(tx, { act: 'task.closed', subject: id, detail: { state: closing.state } });
    return task;
  });
}

/** Takes out what people wrote about orders whose customer is erased. */
export function eraseNotes(tx: Tx, orderIds: readonly string[]): Promise<void> {
  return emptyNotes(tx, orderIds);
}

/** How many tasks are open, by severity. */
export async function countOpenTasks(db: Db): Promise<Record<TaskSeverity, number>> {
  const counts = await countOpen(db);
  const of = (severity: TaskSeverity) =>
    counts.find((count) => count.severity === severity)?.open ?? 0;
  return { error: of('error'), warning: of('warning') };
}
