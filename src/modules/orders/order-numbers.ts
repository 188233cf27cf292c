/** How long a number may wait for an order: whoever looks at two orders sees which came first, but for so long. */
const KEPT_MS = 5000;

/** A number that no other order bears or will be given. */
export interface DrawnNumber {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly drawnAt: number;
}

/** Numbers that were drawn for orders which were then refused: in a sale those may be thousands. */
export interface SpareNumbers {
  /** So many of the least, or as many as there are. */
  take(count: number): DrawnNumber[];
  /** Those that no order bears, and none may have been written with. */
  giveBack(numbers: readonly DrawnNumber[]): void;
}

/** None to begin with; of one process, as each draws its own. */
export function createSpareNumbers(): SpareNumbers {
  let spare: DrawnNumber[] = [];
  return {
    take(count) {
      const oldest = Date.now() - KEPT_MS;
      spare = spare
        .filter(({ drawnAt }) => drawnAt > oldest)
        .sort((one, other) => one.number - other.number);
      return spare.splice(0, count);
    },
    giveBack(numbers) {
      spare.push(...numbers);
    },
  };
}

/** As drawn now. */
export function drawnNow(numbers: readonly number[]): DrawnNumber[] {
  const drawnAt = Date.now();
  return numbers.map((number) => ({ number, drawnAt }));
}
