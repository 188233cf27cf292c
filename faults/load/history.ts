import { createWriteStream, type WriteStream } from 'node:fs';

/** A line of an order as it was asked for. */
export interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

/** An order as the shop acknowledged it. */
export interface AcknowledgedOrder {
  readonly id: string;
  /** In minor units. */
  readonly total: number;
  readonly lines: readonly (Line & { readonly unitPrice: number })[];
}

/** What is known of a request: acknowledged, refused for a reason, or nobody knows. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** An attempt to place an order, under one Idempotency-Key however often it was sent. */
export interface Placing {
  readonly key: string;
  readonly lines: readonly Line[];
  outcome: Outcome;
  /** Every order id that any answer named. */
  readonly orderIds: Set<string>;
  order?: AcknowledgedOrder;
}

/** A refund, under one key. */
export interface Refunding {
  readonly key: string;
  readonly orderId: string;
  outcome: Outcome;
  readonly refundIds: Set<string>;
}

/** A change of stock by hand; the reason is its own, so that the ledger shows how often it happened. */
export interface Adjusting {
  readonly reason: string;
  readonly variantId: string;
  readonly delta: number;
  outcome: Outcome;
}

/** How long a page of the catalogue took. */
export interface BrowseSample {
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Everything that clients sent and heard, also written as one line of JSON each where a file is given. */
export class History {
  readonly placings = new Map<string, Placing>();
  readonly refundings = new Map<string, Refunding>();
  readonly adjustings = new Map<string, Adjusting>();
  /** Sessions whose payment the stand-in confirmed. */
  readonly paidSessions = new Map<string, string>();
  /** Addresses for which a password reset was acknowledged. */
  readonly resets = new Set<string>();
  readonly browsing: BrowseSample[] = [];
  readonly counters = new Map<string, number>();
  /** Answers that no client should ever get, with where to find them. */
  readonly wrongAnswers: string[] = [];
  readonly #startedAt = performance.now();
  readonly #file: WriteStream | null;

  constructor(path: string | null = null) {
    this.#file = path === null ? null : createWriteStream(path);
  }

  /** Milliseconds since the load began. */
  now(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  count(name: string, by = 1): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by);
  }

  note(what: string, detail: Record<string, unknown>): void {
    this.#file?.write(`${JSON.stringify({ at: this.now(), what, ...detail })}\n`);
  }

  browsed(sample: Omit<BrowseSample, 'at'>): void {
    this.browsing.push({ at: this.now(), ...sample });
  }

  async close(): Promise<void> {
    const file = this.#file;
    if (file) await new Promise((resolve) => file.end(resolve));
  }
}
