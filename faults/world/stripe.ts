import type { TcpProxy } from './tcp-proxy.ts';

/** A charge as the stand-in lists it. */
export interface Charge {
  readonly id: string;
  readonly sessionId: string | null;
  readonly paymentIntent: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly amountRefunded: number;
}

const MANY_TIMES = 1_000_000;

/** The Stripe stand-in as the kit steers it: past the proxy that stands before the shop. */
export class Stripe {
  readonly url: string;
  readonly proxy: TcpProxy;

  constructor(url: string, proxy: TcpProxy) {
    this.url = url;
    this.proxy = proxy;
  }

  /** Pays a session with a card; the status, 0 when nothing answered. */
  async pay(sessionId: string, card: string): Promise<number> {
    return this.#post(`/_test/checkout/sessions/${sessionId}/pay`, { card }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async charges(): Promise<Charge[]> {
    const { data } = await this.#get<{ data: Charge[] }>('/_test/charges');
    return data;
  }

  /** Switches a misbehaviour on. */
  async misbehave(fault: Record<string, unknown>): Promise<void> {
    await this.#post('/_test/faults', { times: MANY_TIMES, ...fault });
  }

  /** Switches a misbehaviour off and says how often it struck. */
  async behave(name: string): Promise<number> {
    const times = await this.#strikesOf(name);
    await this.#post('/_test/faults', { [name]: null });
    return times;
  }

  /** Whether a misbehaviour that is on has struck. */
  async hasStruck(name: string): Promise<boolean> {
    return (await this.#strikesOf(name)) > 0;
  }

  /** Tries every webhook that is pending once, now; returns how many still are. */
  async flush(): Promise<number> {
    const response = await this.#post('/_test/webhooks/flush', {});
    const { pending } = (await response.json()) as { pending: number };
    return pending;
  }

  async #strikesOf(name: string): Promise<number> {
    const active = await this.#get<Record<string, { timesLeft: number | null }>>('/_test/faults');
    const left = active[name]?.timesLeft;
    return left === undefined || left === null ? 0 : MANY_TIMES - left;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(20_000) });
    return (await response.json()) as T;
  }

  #post(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
  }
}
