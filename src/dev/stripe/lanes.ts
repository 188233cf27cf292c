type Work = () => Promise<void>;

/** Runs work of one lane in order and one at a time, several lanes at once up to a limit. */
export class Lanes {
  readonly #limit: number;
  readonly #queues = new Map<string, Work[]>();
  readonly #ready: string[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(lane: string, work: Work): void {
    const queue = this.#queues.get(lane);
    if (queue) {
      queue.push(work);
      return;
    }
    this.#queues.set(lane, [work]);
    this.#ready.push(lane);
    this.#start();
  }

  #start(): void {
    while (this.#running < this.#limit) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      this.#running += 1;
      void this.#step(lane);
    }
  }

  async #step(lane: string): Promise<void> {
    const queue = this.#queues.get(lane) ?? [];
    await queue.shift()?.();
    this.#running -= 1;
    if (queue.length > 0) this.#ready.push(lane);
    else this.#queues.delete(lane);
    this.#start();
  }
}
