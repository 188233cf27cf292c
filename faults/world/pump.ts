import type { Socket } from 'node:net';

/** How bytes flow in one direction. */
export interface Flow {
  readonly delayMs: number;
  /** Up to so much more or less delay, for each chunk; order is kept. */
  readonly jitterMs: number;
  /** null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** Nothing arrives for as long as this is set; nothing is lost either. */
  readonly blackHole: boolean;
}

interface Waiting {
  readonly chunk: Buffer;
  readonly dueAt: number;
}

/** Held bytes beyond this stop the reading, as a full window would. */
const WINDOW_BYTES = 256 * 1024;

/** Carries bytes from one socket to another as its flow allows. */
export class Pump {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #flow: () => Flow;
  readonly #tell: { held(): void; passEnd(): boolean };
  readonly #queue: Waiting[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #freeAt = 0;
  #sourceEnded = false;
  #stopped = false;
  #ended = false;
  /** Whether it was ended by order, not by its source. */
  cutShort = false;

  constructor(
    from: Socket,
    to: Socket,
    flow: () => Flow,
    tell: { held(): void; passEnd(): boolean },
  ) {
    this.#from = from;
    this.#to = to;
    this.#flow = flow;
    this.#tell = tell;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      this.#sourceEnded = true;
      this.wake();
    });
  }

  /** Looks again at what waits: the flow has changed. */
  wake(): void {
    clearTimeout(this.#timer);
    this.#drain();
  }

  /** Ends the direction now: its receiver hears the end, its sender nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.cutShort = true;
    this.#to.end();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #take(chunk: Buffer): void {
    if (this.#ended) return;
    const { delayMs, jitterMs, bytesPerSecond, blackHole } = this.#flow();
    if (delayMs > 0 || bytesPerSecond !== null || blackHole) this.#tell.held();
    const jitter = jitterMs === 0 ? 0 : (Math.random() * 2 - 1) * jitterMs;
    this.#queue.push({ chunk, dueAt: Date.now() + Math.max(0, delayMs + jitter) });
    this.#bytes += chunk.length;
    if (this.#bytes > WINDOW_BYTES) this.#from.pause();
    this.wake();
  }

  #drain(): void {
    while (!this.#stopped && !this.#ended) {
      const { blackHole, bytesPerSecond } = this.#flow();
      if (blackHole) return;
      const next = this.#queue[0];
      if (next === undefined) break;
      const waitMs = Math.max(next.dueAt, this.#freeAt) - Date.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#drain(), waitMs);
        return;
      }
      this.#queue.shift();
      this.#bytes -= next.chunk.length;
      if (bytesPerSecond !== null)
        this.#freeAt = Date.now() + (next.chunk.length / bytesPerSecond) * 1000;
      if (this.#to.writable) this.#to.write(next.chunk);
      if (this.#bytes <= WINDOW_BYTES && this.#from.isPaused()) this.#from.resume();
    }
    if (this.#sourceEnded && !this.#ended && !this.#stopped && this.#tell.passEnd()) {
      this.#ended = true;
      this.#to.end();
    }
  }
}
