import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before the web processes as a reverse proxy does: a connection goes to the first that takes it, in turns. */
export class Balancer {
  readonly port: number;
  /** The ports behind it; may change at any time. */
  backends: readonly number[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => {
      this.#keep(client);
      this.#turn += 1;
      const order = this.backends.map(
        (_, index) => this.backends[(this.#turn + index) % this.backends.length] ?? 0,
      );
      this.#pass(client, order);
    });
  }

  static async start(): Promise<Balancer> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return new Balancer(server, typeof address === 'object' && address ? address.port : 0);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #pass(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const backend = connect(port, '127.0.0.1');
    this.#keep(backend);
    let joined = false;
    backend.once('connect', () => {
      joined = true;
      client.pipe(backend).pipe(client);
      client.on('close', () => backend.destroy());
      backend.on('close', () => client.destroy());
    });
    backend.on('error', () => {
      if (joined) client.destroy();
      else this.#pass(client, others);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
