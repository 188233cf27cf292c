/** What share of events may be bad, and which are. A service's promise to its users, over 30 days. */
export interface Slo {
  /** Also the value of the label `slo` of its series. */
  readonly name: string;
  readonly service: 'checkout' | 'browse' | 'sign-in' | 'events' | 'payments';
  /** What it promises, as a sentence. */
  readonly promise: string;
  /** The share of good events, 0 to 1. */
  readonly objective: number;
  readonly indicator: Availability | Latency;
  /** Of docs/runbooks. */
  readonly runbook: string;
}

/** Bad are the requests that end in a status 5xx, also where what failed was a service the shop calls. */
interface Availability {
  readonly kind: 'availability';
  /** Of `http_requests_total`; 402, 409, 422 and 429 are answers, so good. */
  readonly requests: string;
}

/** Bad are the events that took longer. */
interface Latency {
  readonly kind: 'latency';
  readonly histogram: string;
  readonly events: string;
  /** In seconds; an edge of the histogram's buckets, so that the number is exact. */
  readonly threshold: number;
}

export const WINDOW_DAYS = 30;

const ofRoutes = (method: string, routes: readonly string[]) =>
  `method="${method}",route=~"${routes.join('|')}"`;

/** What places orders and opens payment pages. */
const CHECKOUT = ofRoutes('POST', ['/api/orders', '/api/checkout', '/checkout', '/orders/:id/pay']);
const BROWSE = ofRoutes('GET', [
  '/',
  '/products',
  '/products/:slug',
  '/categories/:slug',
  '/search',
  '/api/products',
  '/api/products/search',
  '/api/products/:id',
  '/api/categories',
]);
const SIGN_IN = ofRoutes('POST', ['/sign-in', '/api/auth/login', '/api/auth/refresh']);

const requestLatency = (requests: string, threshold: number): Latency => ({
  kind: 'latency',
  histogram: 'http_request_duration_seconds',
  // Failures count against availability; a fast one is not a good answer, and a slow one not twice bad.
  events: `${requests},status!~"5.."`,
  threshold,
});

const REQUESTS = 'requests-fail-or-crawl.md';

export const slos: readonly Slo[] = [
  {
    name: 'checkout-availability',
    service: 'checkout',
    promise: '99.9 % of orders and checkouts are answered without a failure of ours',
    objective: 0.999,
    indicator: { kind: 'availability', requests: CHECKOUT },
    runbook: `${REQUESTS}#checkout`,
  },
  {
    name: 'checkout-latency',
    service: 'checkout',
    promise: '99 % of orders and checkouts are answered within 2.5 s',
    objective: 0.99,
    indicator: requestLatency(CHECKOUT, 2.5),
    runbook: `${REQUESTS}#slow-requests`,
  },
  {
    name: 'browse-availability',
    service: 'browse',
    promise: '99.95 % of views of the catalogue are answered without a failure of ours',
    objective: 0.9995,
    indicator: { kind: 'availability', requests: BROWSE },
    runbook: `${REQUESTS}#failing-requests`,
  },
  {
    name: 'browse-latency',
    service: 'browse',
    promise: '99 % of views of the catalogue are answered within 0.5 s',
    objective: 0.99,
    indicator: requestLatency(BROWSE, 0.5),
    runbook: `${REQUESTS}#slow-requests`,
  },
  {
    name: 'sign-in-availability',
    service: 'sign-in',
    promise: '99.9 % of sign-ins and renewals are answered without a failure of ours',
    objective: 0.999,
    indicator: { kind: 'availability', requests: SIGN_IN },
    runbook: `${REQUESTS}#failing-requests`,
  },
  {
    name: 'events-sent',
    service: 'events',
    promise: '99.9 % of events are sent on within 10 s',
    objective: 0.999,
    indicator: {
      kind: 'latency',
      histogram: 'outbox_publish_delay_seconds',
      events: '',
      threshold: 10,
    },
    runbook: 'events-not-sent.md',
  },
  {
    name: 'payments-applied',
    service: 'payments',
    promise: '99.9 % of Stripe’s events are applied within 5 min',
    objective: 0.999,
    indicator: {
      kind: 'latency',
      histogram: 'stripe_webhook_lag_seconds',
      events: '',
      threshold: 300,
    },
    runbook: 'webhooks-not-applied.md',
  },
];
