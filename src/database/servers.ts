import pg from 'pg';
import { serversOf } from '../shared/database-servers.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What a server says of itself at the beginning of a session, and whenever it changes. */
const READS_ONLY = ['in_hot_standby', 'default_transaction_read_only'];

/** `pg` without its declaration of what it is made of. */
type Inside = {
  readonly connection: {
    readonly stream: { readonly destroyed: boolean; destroy(error: Error): void };
    on(event: 'parameterStatus', heard: (status: ParameterStatus) => void): void;
    on(event: 'errorMessage', heard: (error: { readonly code?: string }) => void): void;
  };
};
interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** A connection that the shop gives up by itself: `read_only_sql_transaction`, which is trouble of the moment. */
class ReadOnlyError extends Error {
  readonly code = '25006';
}

/**
 * Where a pool's connections go: to the one server of its address, or of several to the one that takes writes. They
 * are tried in their order, beginning with the one that took the last connection; one that only reads is left, at the
 * beginning of a session and later. Once another server takes one, every connection elsewhere is given up: there was a
 * promotion, and what the old primary still says is not to be believed. A machine that vanished says nothing at all, and
 * holds every connection to it: so where a pool has none left, somebody looks besides.
 */
export function connectionsTo(url: () => string, logger: Logger) {
  const open = new Set<Connection>();
  let turn = 0;
  let last: string | null = null;
  let looking = false;

  class Connection extends pg.Client {
    readonly server: string;
    readonly turn = turn;
    readonly #writes: boolean;
    /** Why it is given up; null while it is not. */
    #givenUp: ReadOnlyError | null = null;

    constructor(config?: pg.ClientConfig) {
      const { urls, writes } = serversOf(url());
      const chosen = urls[turn % urls.length] as string;
      super({ ...config, connectionString: chosen });
      this.server = new URL(chosen).host;
      this.#writes = writes;
      if (writes) this.#leaveWhatOnlyReads();
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error | null) => void): void;
    override connect(callback?: (error: Error | null) => void): Promise<this> | undefined {
      if (callback === undefined)
        return new Promise((resolve, reject) => {
          this.connect((error: Error | null) => (error ? reject(error) : resolve(this)));
        });
      super.connect((refused: Error | null) => {
        // What a server says of itself may come together with its word that it is ready.
        const error = refused ?? this.#givenUp;
        // Others may have turned to the next one meanwhile.
        if (error && this.turn === turn) turn += 1;
        if (!error) this.#stand();
        callback(error);
      });
      return undefined;
    }

    /** Whether it would fail whoever has it next: it could not be rolled back, or no answer of it was waited for. */
    get isSpent(): boolean {
      const { stream } = (this as unknown as Inside).connection;
      return stream.destroyed || this.getTransactionStatus() !== 'I';
    }

    giveUp(why: string): void {
      this.#givenUp = new ReadOnlyError(`${this.server} ${why}`);
      (this as unknown as Inside).connection.stream.destroy(this.#givenUp);
    }

    #stand(): void {
      open.add(this);
      this.once('end', () => open.delete(this));
      if (this.#writes && last !== null && last !== this.server) {
        logger.warn({ from: last, to: this.server }, 'the database is another server now');
        for (const one of open) if (one.server !== this.server) one.giveUp('was the primary');
      }
      last = this.server;
    }

    #leaveWhatOnlyReads(): void {
      const { connection } = this as unknown as Inside;
      connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
        if (READS_ONLY.includes(parameterName) && parameterValue === 'on')
          this.giveUp('only reads');
      });
      // A pooler between does not say it.
      connection.on('errorMessage', ({ code }) => {
        if (code === '25006') this.giveUp('only reads');
      });
    }
  }

  const count = (): number => serversOf(url()).urls.length;

  /** Tries the servers once around with a connection of its own, which has `#stand` find out where the primary is. */
  async function look(config: pg.ClientConfig): Promise<void> {
    if (looking || count() === 1) return;
    looking = true;
    for (let tries = count(); tries > 0; tries -= 1) {
      const connection = new Connection(config);
      connection.on('error', () => undefined);
      const found = await connection.connect().then(
        () => true,
        () => false,
      );
      if (found) await connection.end();
      if (found) break;
    }
    looking = false;
  }

  return { Client: Connection, count, look };
}
