import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Flow, Pump } from './pump.ts';

/** Towards the server, or back to the client. */
export type Direction = 'toServer' | 'toClient';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly pumps: Record<Direction, Pump>;
}

const CLEAR: Flow = { delayMs: 0, jitterMs: 0, bytesPerSecond: null, blackHole: false };

/** A TCP proxy that misbehaves to order, in each direction apart. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #impairedUntil = Number.NEGATIVE_INFINITY;
  readonly #flows: Record<Direction, Flow> = { toServer: CLEAR, toClient: CLEAR };
  #refusing = false;
  /** Chunks that were held up, connections that were refused. */
  readonly struck = { held: 0, refused: 0 };

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => this.#join(client, targetPort));
  }

  /** Listens on a port of 127.0.0.1 and passes on to another. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new TcpProxy(server, address.port, targetPort);
  }

  /** How many connections pass through now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Changes how bytes flow in one direction, or in both, until told otherwise. */
  impair(flow: Partial<Flow>, directions: readonly Direction[] = ['toServer', 'toClient']): void {
    this.#impairedUntil = Number.POSITIVE_INFINITY;
    for (const direction of directions) {
      this.#flows[direction] = { ...this.#flows[direction], ...flow };
      for (const { pumps } of this.#pairs) pumps[direction].wake();
    }
  }

  /** Whether bytes flowed badly at any time since then (performance.now()). */
  wasImpairedSince(then: number): boolean {
    return this.#impairedUntil >= then;
  }

  /** Turns every new connection away at once. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Lets everything flow again; connections that were half closed are reset. */
  heal(): void {
    this.#refusing = false;
    const until = Math.min(this.#impairedUntil, performance.now());
    this.impair(CLEAR);
    this.#impairedUntil = until;
    for (const pair of this.#pairs)
      if (pair.pumps.toServer.cutShort || pair.pumps.toClient.cutShort) this.#reset(pair);
  }

  /** Resets every connection; returns how many. */
  cut(): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) this.#reset(pair);
    return pairs.length;
  }

  /** Ends one direction of every connection and leaves the other open; returns how many. */
  halfClose(direction: Direction): number {
    const pairs = [...this.#pairs];
    for (const { pumps } of pairs) pumps[direction].end();
    return pairs.length;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #join(client: Socket, targetPort: number): void {
    if (this.#refusing) {
      this.struck.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true });
    const pumpOf = (from: Socket, to: Socket, direction: Direction) =>
      new Pump(from, to, () => this.#flows[direction], {
        held: () => {
          this.struck.held += 1;
        },
        // A half-closed connection tells its other side nothing: that is what makes it one.
        passEnd: () => !pair.pumps[direction === 'toServer' ? 'toClient' : 'toServer'].cutShort,
      });
    const pair: Pair = {
      client,
      server,
      pumps: {
        toServer: pumpOf(client, server, 'toServer'),
        toClient: pumpOf(server, client, 'toClient'),
      },
    };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#reset(pair));
      socket.on('close', () => {
        if (client.destroyed && server.destroyed) this.#pairs.delete(pair);
      });
    }
  }

  #reset(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.on('error', () => undefined);
      if (!socket.destroyed) socket.resetAndDestroy();
    }
    for (const pump of Object.values(pair.pumps)) pump.stop();
  }
}
