import { randomUUID } from 'node:crypto';
import { post } from '../bench/support/processes.ts';
import { until } from '../faults/wait.ts';
import { ADMIN, START_MS } from './shop.ts';

const CARD = '4242424242424242';
const PASSWORD = 'correct horse battery';

/** An order that the shop said yes to. */
export interface Acknowledged {
  readonly id: string;
  readonly sessionId: string;
}

/** Somebody who buys, and the administrator who sells, by the API of a shop. */
export class Customer {
  #url: string;
  readonly #stripeUrl: string;
  readonly #email = `${randomUUID()}@rehearsal.example`;
  #token = '';

  constructor(url: string, stripeUrl: string) {
    this.#url = url;
    this.#stripeUrl = stripeUrl;
  }

  /** Asks another process of the shop from now on. */
  moveTo(url: string): void {
    this.#url = url;
  }

  async register(): Promise<void> {
    const account = { email: this.#email, password: PASSWORD, name: 'Ada Byron' };
    this.#token = (await post(`${this.#url}/api/auth/register`, account)).accessToken;
  }

  /** Signs in again: a session may be gone that was begun since. */
  async signIn(): Promise<void> {
    const account = { email: this.#email, password: PASSWORD };
    this.#token = (await post(`${this.#url}/api/auth/login`, account)).accessToken;
  }

  /** Places an order and opens its payment page. */
  async order(variantId: string): Promise<Acknowledged> {
    return this.checkOut(await this.place(variantId));
  }

  /** Places an order; its id is the shop's word on it. */
  async place(variantId: string): Promise<string> {
    const items = [{ variantId, quantity: 1 }];
    return (await post(`${this.#url}/api/orders`, { items }, this.#token)).id;
  }

  /** Opens the payment page of an order. */
  async checkOut(orderId: string): Promise<Acknowledged> {
    const { sessionId } = await post(`${this.#url}/api/checkout`, { orderId }, this.#token);
    return { id: orderId, sessionId };
  }

  /** Pays at Stripe; the shop hears of it later. */
  async pay({ sessionId }: Acknowledged): Promise<void> {
    await post(`${this.#stripeUrl}/_test/checkout/sessions/${sessionId}/pay`, { card: CARD });
  }

  async statusOf({ id }: Acknowledged): Promise<string> {
    return (await get(`${this.#url}/api/orders/${id}`, this.#token)).status;
  }

  /** Waits until the shop has taken in what was paid. */
  async paid(order: Acknowledged): Promise<void> {
    const isPaid = async () => (await this.statusOf(order)) === 'paid';
    await until(isPaid, `order ${order.id} paid`, START_MS);
  }
}

/** The administrator's token. */
export async function adminToken(url: string): Promise<string> {
  return (await post(`${url}/api/auth/login`, ADMIN)).accessToken;
}

/** A product with a stock that nobody empties; its one variant. */
export async function makeProduct(url: string, token: string, title: string): Promise<string> {
  const price = { amount: 1999, currency: 'USD' };
  const product = { title, sku: randomUUID().slice(0, 8), price, stock: 100_000, status: 'active' };
  return (await post(`${url}/api/products`, product, token)).variants[0].id;
}

/** Gives some of an order's money back. */
export async function refund(url: string, token: string, { id }: Acknowledged): Promise<void> {
  const amount = { amount: 500, currency: 'USD' };
  await post(`${url}/api/orders/${id}/refunds`, { amount }, token);
}

/** Asks for JSON. @throws Error where it is refused. */
export async function get(url: string, token?: string) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}
