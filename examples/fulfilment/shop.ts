const ANSWER_MS = 10_000;

/** The shop cannot be reached, or cannot do it now. */
export class Unavailable extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface ShopApi {
  /**
   * Says that an order was sent; null once the shop knows, else why it never will.
   * @throws Unavailable
   */
  markFulfilled(orderId: string): Promise<string | null>;
}

/** The shop's API with a key that may write orders. */
export function shopApi(baseUrl: string, key: string): ShopApi {
  async function ask(method: string, path: string, sent?: object) {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(sent && { 'content-type': 'application/json' }),
      },
      ...(sent && { body: JSON.stringify(sent) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      throw new Unavailable(String(error));
    });
    const { status, headers } = response;
    if (status === 401 || status === 403 || status === 429 || status >= 500) {
      // A key that is refused is mended by a person; no order is to blame.
      // Something in front of the shop may name a date instead.
      const seconds = Number(headers.get('retry-after') ?? 0) || 0;
      throw new Unavailable(`${method} ${path}: ${status}`, seconds * 1000);
    }
    // Cut off, or in words that are not the shop's: a proxy's own 404 says nothing of an order.
    const body = await (response.json() as Promise<{ status?: unknown; detail?: unknown }>).catch(
      (error: unknown) => {
        throw new Unavailable(`${method} ${path}: ${status}, ${String(error)}`);
      },
    );
    return { status, body };
  }

  return {
    async markFulfilled(orderId) {
      const path = `/api/orders/${orderId}`;
      const { status, body } = await ask('PUT', path, { status: 'fulfilled' });
      if (status === 200) return null;
      // It may have been told before, by whoever was killed before noting it.
      const order = status === 409 ? (await ask('GET', path)).body : null;
      if (order?.status === 'fulfilled' || order?.status === 'delivered') return null;
      return `the shop refuses: ${status} ${body.detail ?? ''}`;
    },
  };
}
