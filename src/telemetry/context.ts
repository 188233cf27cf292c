import { AsyncLocalStorage } from 'node:async_hooks';
import { trace } from '@opentelemetry/api';
import { wideNetworkOf } from '../shared/network.ts';
import type { Noted } from '../trail/acts.ts';

/** What follows a request or a job through every call it makes. */
interface WorkContext {
  readonly correlationId: string;
  readonly marks: WorkMarks;
}

/** Who works: somebody signed in, a program by its key, a visitor whom the shop does not know, or the shop itself. */
export interface Actor {
  readonly kind: 'staff' | 'customer' | 'api-key' | 'visitor' | 'system';
  /** The user's or the key's; null where there is none. */
  readonly id: string | null;
}

/** What is found out about work on its way, for the record of what was done for an order, and of who did what. */
export interface WorkMarks {
  /** The orders that it is about. */
  readonly orders: Set<string>;
  /** Why it did not do what was asked, also where its answer does not say so: a problem code, or a word of ours. */
  code: string | null;
  traceId: string | null;
  actor: Actor;
  /** The network address that a request came from; null for what the shop does by itself. */
  address: string | null;
  /** Acts of a request that no transaction carries, written into the trail once it is answered. */
  readonly acts: Noted[];
}

const SYSTEM: Actor = { kind: 'system', id: null };

export function newMarks(): WorkMarks {
  return { orders: new Set(), code: null, traceId: null, actor: SYSTEM, address: null, acts: [] };
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs work under a correlation id, which events, logs, jobs and calls made inside it carry. */
export function withCorrelation<T>(
  correlationId: string,
  work: () => T,
  marks: WorkMarks = storage.getStore()?.marks ?? newMarks(),
): T {
  marks.traceId ??= trace.getActiveSpan()?.spanContext().traceId ?? null;
  return storage.run({ correlationId, marks }, work);
}

/** The correlation id of the work under way, or null outside any. */
export function correlationId(): string | null {
  return storage.getStore()?.correlationId ?? null;
}

/** Says that the work under way is about an order, so that it is found in the order's story. */
export function concerns(orderId: string): void {
  storage.getStore()?.marks.orders.add(orderId);
}

/** Says why the work under way did not do what was asked, where it ends well all the same. */
export function refusedAs(code: string): void {
  const marks = storage.getStore()?.marks;
  if (marks) marks.code = code;
}

/** Who does the work under way, and from which network. */
export function currentActor(): { readonly actor: Actor; readonly network: string | null } {
  const { actor, address } = storage.getStore()?.marks ?? { actor: SYSTEM, address: null };
  return { actor, network: address === null ? null : wideNetworkOf(address) };
}

/** Has an act of the request under way written into the trail that no transaction carries: a refusal, a failed try. */
export function noteLater(act: Noted): void {
  storage.getStore()?.marks.acts.push(act);
}
