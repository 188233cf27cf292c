import { randomUUID } from 'node:crypto';
import { until } from './until.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON of any shape, or text. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface RequestOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Api = ReturnType<typeof createApi>;

/**
 * The shop's API as a client program uses it, with the steps that many tests begin with. Where `url` is a function,
 * each request goes where it says: to one of several processes. A patient client asks again where the shop was too
 * busy, as its Retry-After says, only sooner.
 */
export function createApi(
  url: string | (() => string),
  standInUrl: string,
  admin: { email: string; password: string },
  { patient = false } = {},
) {
  let adminSession: Promise<string> | undefined;

  async function api(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await ask(method, path, options);
    if (!patient || answer.body?.code !== 'service_unavailable') return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return api(method, path, options);
  }

  async function ask(method: string, path: string, options: RequestOptions): Promise<Answer> {
    const response = await fetch(`${typeof url === 'string' ? url : url()}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text !== '' ? JSON.parse(text) : text,
    };
  }

  /** A new customer and their access token. */
  async function customer() {
    const email = `customer-${randomUUID()}@example.test`;
    const password = 'correct horse battery';
    const { body } = await api('POST', '/api/auth/register', {
      body: { email, password, name: 'Ada Byron' },
    });
    return { email, password, token: String(body.accessToken), id: String(body.user.id) };
  }

  /** The administrator's access token. */
  function adminToken(): Promise<string> {
    adminSession ??= api('POST', '/api/auth/login', { body: admin }).then(({ body }) =>
      String(body.accessToken),
    );
    return adminSession;
  }

  /** A new active product with one variant. */
  async function product(
    fields: {
      stock?: number;
      price?: number;
      currency?: string;
      title?: string;
      inventoryPolicy?: string;
    } = {},
  ) {
    const { body, status } = await api('POST', '/api/products', {
      token: await adminToken(),
      body: {
        title: fields.title ?? 'Oak board',
        status: 'active',
        variants: [
          {
            sku: `SKU-${randomUUID().slice(0, 8)}`,
            price: { amount: fields.price ?? 1999, currency: fields.currency ?? 'USD' },
            stock: fields.stock ?? 10,
            ...(fields.inventoryPolicy ? { inventoryPolicy: fields.inventoryPolicy } : {}),
          },
        ],
      },
    });
    if (status !== 201) throw new Error(`product refused: ${JSON.stringify(body)}`);
    return {
      id: String(body.id),
      slug: String(body.slug),
      variantId: String(body.variants[0].id),
    };
  }

  /** What can be sold of a variant, as shoppers see it. */
  async function available(product: { id: string; variantId: string }): Promise<number> {
    const { body } = await api('GET', `/api/products/${product.id}`);
    return body.variants.find((variant: { id: string }) => variant.id === product.variantId)
      .available;
  }

  /** Places an order of one variant. */
  function order(token: string, variantId: string, quantity = 1, headers = {}): Promise<Answer> {
    return api('POST', '/api/orders', {
      token,
      body: { items: [{ variantId, quantity }] },
      headers,
    });
  }

  /** Pays an order at the stand-in and waits until the shop knows it. */
  async function pay(token: string, orderId: string): Promise<{ sessionId: string }> {
    const { body } = await api('POST', '/api/checkout', { token, body: { orderId } });
    await payAtStandIn(body.sessionId);
    await until(
      async () => (await api('GET', `/api/orders/${orderId}`, { token })).body.status === 'paid',
    );
    return { sessionId: body.sessionId };
  }

  /** Pays a session with a card, as the hosted page does. */
  async function payAtStandIn(sessionId: string, card = '4242424242424242'): Promise<Response> {
    return fetch(`${standInUrl}/_test/checkout/sessions/${sessionId}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ card }),
    });
  }

  /** Sets a misbehaviour of the stand-in. */
  async function fault(body: Record<string, unknown>): Promise<void> {
    await fetch(`${standInUrl}/_test/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** What the stand-in tells scripts: `/_test/charges`, `/_test/events`. */
  async function atStripe(path: string): Promise<Answer['body']> {
    return (await fetch(`${standInUrl}${path}`)).json();
  }

  return {
    api,
    atStripe,
    customer,
    adminToken,
    product,
    available,
    order,
    pay,
    payAtStandIn,
    fault,
  };
}
