import type { Shown } from '../../database/changes.ts';
import type { Db } from '../../database/database.ts';
import type { Reads } from '../../database/replicas/reads.ts';
import type { Request } from '../app-type.ts';
import { createMemory, type Memory } from './memory.ts';

/** Something that pages show every visitor alike. */
export interface Reading<Args extends readonly unknown[], T> {
  /** No other reading has it. */
  readonly name: string;
  /** Hangs on `args` and the database alone. */
  read(db: Db, ...args: Args): Promise<T>;
  shown(found: T, ...args: Args): Shown;
}

/** What a reading found, which nobody changes. */
export interface KeptReading {
  readonly found: unknown;
  readonly shown: Shown;
  /** Of it as JSON. */
  readonly bytes: number;
}

/** Where pages read what they show every visitor alike. */
export interface VisitorReads {
  /**
   * What a reading finds, for visitors from memory where it was read before. Whoever is signed in, or carries a
   * position of the log that they have seen, is answered from the database, so that they see what they have just done,
   * wherever they did it.
   */
  of<Args extends readonly unknown[], T>(
    request: Request,
    reading: Reading<Args, T>,
    ...args: Args
  ): Promise<T>;
}

const MAX_BYTES = 32 * 1024 * 1024;

/** What readings have found, by their names and arguments. */
export function createReadingMemory(): Memory<KeptReading> {
  return createMemory({
    maxBytes: MAX_BYTES,
    // Objects take two to three times their JSON.
    sizeOf: ({ bytes }) => 3 * bytes,
  });
}

/** Reads through a memory. */
export function visitorReads(memory: Memory<KeptReading>, reads: Reads): VisitorReads {
  return {
    async of<Args extends readonly unknown[], T>(
      { principal, since }: Request,
      reading: Reading<Args, T>,
      ...args: Args
    ): Promise<T> {
      const read = (db: Db) => reading.read(db, ...args);
      if (principal !== null || since !== null) return reads.at(since, read);
      const { found } = await memory.getOrLoad(
        `${reading.name} ${JSON.stringify(args)}`,
        async () => {
          // What is kept must show whatever was let go of before, on a replica too.
          const now = await reads.at('now', read);
          const bytes = JSON.stringify(now).length;
          return { kept: { found: now, shown: reading.shown(now, ...args), bytes } };
        },
      );
      // The name tells whose it is.
      return found as T;
    },
  };
}
