import type { Actor } from '../../telemetry/context.ts';
import type { Act } from '../../trail/acts.ts';

/** One act, as it was written. */
export interface TrailEntry {
  readonly position: number;
  readonly id: string;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly act: Act;
  readonly subject: { readonly kind: string; readonly id: string | null };
  readonly detail: Readonly<Record<string, unknown>>;
  readonly correlationId: string | null;
  /** The network that it came from. */
  readonly network: string | null;
  /** Hex, as `hash`: the chain's link to the act before. */
  readonly previousHash: string;
  readonly hash: string;
}

export interface TrailFilter {
  readonly actor?: string | undefined;
  readonly act?: Act | undefined;
  /** The id of what the act was about. */
  readonly subject?: string | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
  /** Any id: the act's own, its actor's, its subject's, its correlation id; or its position. */
  readonly id?: string | undefined;
}
