import type { Faults } from './faults.ts';
import { newId } from './ids.ts';
import { Lanes } from './lanes.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import type { Store } from './store.ts';
import type { Delivery, Write } from './tables.ts';
import { postWebhook, webhookBody } from './webhook-post.ts';

const CONCURRENT_DELIVERIES = 16;
const REORDER_WINDOW_MS = 300;

interface SenderOptions {
  readonly store: Store;
  readonly faults: Faults;
  readonly url: string | null;
  readonly secret: string;
  log(line: string): void;
}

/**
 * Delivers webhooks: those of one payment in order, each again with growing delay until its receiver
 * answers 2xx. What is pending is in the store, so a restart goes on where the last process stopped.
 */
export class WebhookSender {
  readonly #options: SenderOptions;
  readonly #lanes = new Lanes(CONCURRENT_DELIVERIES);
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #attempts = new Map<string, Promise<boolean>>();
  readonly #closing = new AbortController();
  #held: string[] = [];
  #url: string | null;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  /**
   * Schedules what is pending from before, and from now on whatever is committed. What had failed
   * begins its delays anew: its receiver has likely just come back too.
   */
  async start(): Promise<void> {
    const { store } = this.#options;
    store.onCommit((writes) => this.#scheduleNew(writes));
    const failed = [...store.table('deliveries').values()].filter(({ attempts }) => attempts > 0);
    await store.transact((tx) => {
      for (const delivery of failed) {
        tx.put('deliveries', delivery.id, { ...delivery, attempts: 0, dueAt: Date.now() });
      }
    });
    this.#scheduleAll();
  }

  hasEndpoint(): boolean {
    return this.#url !== null;
  }

  /** Sends to another address from now on, what is pending included. */
  setEndpoint(url: string): void {
    this.#url = url;
    this.#scheduleAll();
  }

  /** Tries everything pending once, now. Returns how many receivers said 2xx and how many did not. */
  async flush(): Promise<{ delivered: number; failed: number }> {
    this.#releaseHeld();
    const pending = [...this.#options.store.table('deliveries').values()];
    const results = await Promise.all(pending.map((delivery) => this.#enter(delivery)));
    const delivered = results.filter(Boolean).length;
    return { delivered, failed: results.length - delivered };
  }

  /** Sends an event once more, now, whatever became of it before. Returns whether its receiver said 2xx. */
  async resend(eventId: string): Promise<boolean> {
    const now = Date.now();
    const delivery: Delivery = {
      id: newId(`${eventId}#again_`, 8),
      eventId,
      lane: `${eventId}#again`,
      attempts: 0,
      firstAt: now,
      dueAt: now,
      claimedAmount: null,
      reordered: false,
    };
    await this.#options.store.transact((tx) => tx.put('deliveries', delivery.id, delivery));
    return this.#enter(delivery);
  }

  /** Stops; what is pending stays in the store. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#attempts.values());
  }

  #scheduleAll(): void {
    if (this.#url === null) return;
    for (const delivery of this.#options.store.table('deliveries').values())
      this.#schedule(delivery);
  }

  #scheduleNew(writes: readonly Write[]): void {
    for (const [table, id, value] of writes) {
      const delivery = this.#options.store.table('deliveries').get(id);
      if (table === 'deliveries' && value !== null && delivery?.attempts === 0)
        this.#schedule(delivery);
    }
  }

  #schedule(delivery: Delivery): void {
    if (this.#closing.signal.aborted || this.#attempts.has(delivery.id)) return;
    if (delivery.reordered && delivery.attempts === 0) {
      this.#hold(delivery);
      return;
    }
    this.#at(delivery.id, delivery.dueAt - Date.now(), () => void this.#enter(delivery));
  }

  // Held deliveries go last first, one after another, once the window that the first opened is over.
  #hold(delivery: Delivery): void {
    if (this.#held.includes(delivery.id)) return;
    this.#held.push(delivery.id);
    const value = this.#options.faults.active().reorder?.value;
    const window = typeof value === 'number' ? value : REORDER_WINDOW_MS;
    if (this.#held.length === 1) this.#at('held', window, () => this.#releaseHeld());
  }

  #releaseHeld(): void {
    const held = this.#held.reverse();
    this.#held = [];
    for (const id of held) {
      const delivery = this.#options.store.table('deliveries').get(id);
      if (delivery) void this.#enter({ ...delivery, lane: 'reordered' });
    }
  }

  #at(name: string, delayMs: number, work: () => void): void {
    clearTimeout(this.#timers.get(name));
    const run = () => {
      this.#timers.delete(name);
      work();
    };
    if (delayMs <= 0) run();
    else this.#timers.set(name, setTimeout(run, delayMs));
  }

  #enter({ id, lane }: Delivery): Promise<boolean> {
    const waiting = this.#attempts.get(id);
    if (waiting) return waiting;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#attempts.set(id, promise);
    this.#lanes.add(lane, async () => {
      const delivered = await this.#attempt(id);
      this.#attempts.delete(id);
      resolve(delivered);
      const left = this.#options.store.table('deliveries').get(id);
      if (left && this.#url !== null) this.#schedule(left);
    });
    return promise;
  }

  async #attempt(id: string): Promise<boolean> {
    const { store, faults, secret, log } = this.#options;
    const delivery = store.table('deliveries').get(id);
    const event = delivery && store.table('events').get(delivery.eventId);
    if (this.#url === null || !delivery || !event || this.#closing.signal.aborted) return false;
    const forged = faults.strike('badSignature', event.type) !== null;
    const status = await postWebhook({
      url: this.#url,
      body: webhookBody(event, delivery.claimedAmount),
      secret: forged ? `${secret}_forged` : secret,
      signal: this.#closing.signal,
    });
    if (this.#closing.signal.aborted) return false;
    const delivered = status >= 200 && status < 300;
    log(
      `webhook ${event.type} ${event.id} → ${status || 'no answer'}, attempt ${delivery.attempts + 1}`,
    );
    this.#record(delivery, delivered);
    return delivered;
  }

  // Not waited for: after a crash in between, a webhook is sent once more, as Stripe's may be.
  #record(delivery: Delivery, delivered: boolean): void {
    const attempts = delivery.attempts + 1;
    const dueAt = delivered ? null : nextAttemptAt(attempts, delivery.firstAt, Date.now());
    this.#options.store
      .transact((tx) => {
        if (dueAt === null) tx.remove('deliveries', delivery.id);
        else tx.put('deliveries', delivery.id, { ...delivery, attempts, dueAt });
      })
      .catch((error: unknown) => this.#options.log(`The journal cannot be written: ${error}`));
  }
}
