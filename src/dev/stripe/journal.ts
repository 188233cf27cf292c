import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Write } from './tables.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Characters written at once while the file is made afresh. */
const CHUNK = 1_000_000;

/** An append-only file of JSON lines, one transaction a line; where durable, on disk before anybody hears of it. */
export class Journal {
  readonly #file: FileHandle;
  readonly #durable: boolean;
  #lines: string[] = [];
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #failure: unknown = null;

  private constructor(file: FileHandle, durable: boolean) {
    this.#file = file;
    this.#durable = durable;
  }

  /** Starts the file afresh with these transactions, in one atomic step, and appends from there. */
  static async rewrite(
    path: string,
    transactions: Iterable<readonly Write[]>,
    durable: boolean,
  ): Promise<Journal> {
    const draft = await open(`${path}.new`, 'w', 0o600);
    let text = '';
    for (const writes of transactions) {
      text += lineOf(writes);
      if (text.length < CHUNK) continue;
      await draft.appendFile(text);
      text = '';
    }
    await draft.appendFile(text);
    await draft.sync();
    await rename(`${path}.new`, path);
    await syncFolder(dirname(path));
    return new Journal(draft, durable);
  }

  /**
   * Appends one transaction; settles once it is on disk. Transactions that arrive while another is
   * being written share the next flush. After a failed write nothing more is accepted.
   */
  append(writes: readonly Write[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#lines.push(lineOf(writes));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Settles once everything appended so far is on disk. */
  async settled(): Promise<void> {
    await this.#flushing;
    if (this.#failure !== null) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const text = this.#lines.join('');
      const waiting = this.#waiting;
      this.#lines = [];
      this.#waiting = [];
      try {
        await this.#file.appendFile(text);
        if (this.#durable) await this.#file.datasync();
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        this.#failure = error;
        for (const { reject } of [...waiting, ...this.#waiting]) reject(error);
        this.#lines = [];
        this.#waiting = [];
      }
    }
    this.#flushing = null;
  }
}

/**
 * Reads a journal's transactions in order; none where there is no file. A torn last line, left by a
 * process killed while writing it, was never answered for and is left out.
 * @throws Error where a line before the last is damaged.
 */
export async function* readJournal(path: string): AsyncGenerator<readonly Write[]> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return;
  let number = 0;
  let torn: number | null = null;
  for await (const line of file.readLines({ encoding: 'utf8' })) {
    number += 1;
    if (torn !== null)
      throw new Error(`${path} is damaged at line ${torn}. Move it away to start empty.`);
    const writes = parse(line);
    if (writes === null) torn = number;
    else yield writes;
  }
}

function parse(line: string): readonly Write[] | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function lineOf(writes: readonly Write[]): string {
  return `${JSON.stringify(writes)}\n`;
}

// The rename itself is durable only once its folder is; Windows cannot sync a folder and need not.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
}
