import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { pause } from '../wait.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A merchant's own system, which takes the shop's webhooks and checks their signatures. */
export class Merchant {
  /** Between the shop and the merchant. */
  readonly proxy: TcpProxy;
  /** How often each event arrived with a good signature, by its id. */
  readonly received = new Map<string, number>();
  /** What arrived and was not signed by the shop. */
  readonly unsigned: string[] = [];
  /** Answers with this status instead of taking what comes; null: takes it. */
  failWith: number | null = null;
  /** Thinks so long before it answers. */
  thinkMs = 0;
  /** Answers that were no success, or late by order. */
  spoilt = 0;
  readonly #server: Server;
  #secret = '';

  private constructor(server: Server, proxy: TcpProxy) {
    this.#server = server;
    this.proxy = proxy;
  }

  static async start(): Promise<Merchant> {
    const server = createServer((request, response) => {
      buffer(request)
        .then((body) => merchant.#take(body.toString(), request.headers))
        .then((status) => response.writeHead(status).end())
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const merchant = new Merchant(server, await TcpProxy.start(port));
    return merchant;
  }

  get url(): string {
    return `http://127.0.0.1:${this.proxy.port}/hooks`;
  }

  /** Knows from now on what the shop signs with. */
  trust(secret: string): void {
    this.#secret = secret;
  }

  async close(): Promise<void> {
    await this.proxy.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(body: string, headers: NodeJS.Dict<string | string[]>): Promise<number> {
    if (this.thinkMs > 0) {
      this.spoilt += 1;
      await pause(this.thinkMs);
    }
    if (this.failWith !== null) {
      this.spoilt += 1;
      return this.failWith;
    }
    const id = String(headers['webhook-id']);
    try {
      new Webhook(this.#secret).verify(body, headers as Record<string, string>);
    } catch (error) {
      this.unsigned.push(`${id}: ${error instanceof Error ? error.message : error}`);
      return 400;
    }
    this.received.set(id, (this.received.get(id) ?? 0) + 1);
    return 204;
  }
}
