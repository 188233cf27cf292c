import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.ts';
import { Journal, readJournal } from './journal.ts';
import { dropForgotten } from './retention.ts';
import type { TableName, Tables, Write } from './tables.ts';

type Rows = { readonly [Name in TableName]: Map<string, Tables[Name]> };

/** The writes of one change, all of them or none. The store's tables show them only afterwards. */
export class Transaction {
  readonly writes: Write[] = [];
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** A row as this change leaves it. */
  get<Name extends TableName>(table: Name, id: string): Tables[Name] | undefined {
    const write = this.writes.findLast(([name, written]) => name === table && written === id);
    if (write === undefined) return this.#rows[table].get(id);
    return (write[2] as Tables[Name] | null) ?? undefined;
  }

  put<Name extends TableName>(table: Name, id: string, value: Tables[Name]): void {
    this.writes.push([table, id, value]);
  }

  remove(table: TableName, id: string): void {
    this.writes.push([table, id, null]);
  }
}

/** What the stand-in knows: held in memory, journalled so that a killed process forgets nothing. */
export class Store {
  readonly #rows: Rows;
  readonly #journal: Journal;
  readonly #lock: { release(): void };
  #onCommit: (writes: readonly Write[]) => void = () => {};

  private constructor(rows: Rows, journal: Journal, lock: { release(): void }) {
    this.#rows = rows;
    this.#journal = journal;
    this.#lock = lock;
  }

  /**
   * Opens the state in a folder, made where absent: replays the journal and compacts it.
   * @param now unix seconds, for what is old enough to be dropped.
   * @param durable whether a change is answered once it is on disk, or sooner.
   * @throws Error where another process has the folder, or the journal is damaged.
   */
  static async open(folder: string, now: number, durable = true): Promise<Store> {
    await mkdir(folder, { recursive: true });
    const lock = lockFolder(folder);
    try {
      const path = join(folder, 'journal.jsonl');
      const rows = noRows();
      for await (const writes of readJournal(path)) apply(rows, writes);
      dropForgotten(rows, now);
      const journal = await Journal.rewrite(path, everyRow(rows), durable);
      return new Store(rows, journal, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  table<Name extends TableName>(name: Name): ReadonlyMap<string, Tables[Name]> {
    return this.#rows[name];
  }

  /** Called with the writes of every transaction once they are on disk. */
  onCommit(listener: (writes: readonly Write[]) => void): void {
    this.#onCommit = listener;
  }

  /**
   * Runs work to its end without interruption, applies its writes and answers once they are on disk.
   * Where the work throws, nothing has happened.
   */
  async transact<T>(work: (tx: Transaction) => T): Promise<T> {
    const tx = new Transaction(this.#rows);
    const result = work(tx);
    if (tx.writes.length === 0) {
      await this.settled();
      return result;
    }
    apply(this.#rows, tx.writes);
    await this.#journal.append(tx.writes);
    this.#onCommit(tx.writes);
    return result;
  }

  /** Settles once everything that can be read now is on disk, so that no answer tells of what may be lost. */
  settled(): Promise<void> {
    return this.#journal.settled();
  }

  async close(): Promise<void> {
    await this.#journal.close();
    this.#lock.release();
  }
}

const tableNames: readonly TableName[] = [
  'checkouts',
  'paymentIntents',
  'paymentMethods',
  'charges',
  'refunds',
  'balanceTransactions',
  'events',
  'deliveries',
  'keptAnswers',
];

function noRows(): Rows {
  return {
    checkouts: new Map(),
    paymentIntents: new Map(),
    paymentMethods: new Map(),
    charges: new Map(),
    refunds: new Map(),
    balanceTransactions: new Map(),
    events: new Map(),
    deliveries: new Map(),
    keptAnswers: new Map(),
  };
}

function apply(rows: Rows, writes: readonly Write[]): void {
  for (const [table, id, value] of writes) {
    const map: Map<string, Tables[TableName]> = rows[table];
    if (value === null) map.delete(id);
    else map.set(id, value);
  }
}

function* everyRow(rows: Rows): Generator<readonly Write[]> {
  for (const table of tableNames) {
    for (const [id, value] of rows[table]) yield [[table, id, value]];
  }
}
