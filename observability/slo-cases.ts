/**
 * What shows that the alerts of an objective work: traffic of which a known share is bad. Written from what each
 * objective promises, in the shop's series, without a look at the rules.
 */
interface Traffic {
  /** Bad events of 10,000 that the objective allows. */
  readonly allowed: number;
  /** The series of good and of bad events, each a counter of so many a minute. */
  readonly series: (good: string, bad: string, all: string) => Readonly<Record<string, string>>;
}

const requests = (method: string, route: string) => ({
  series: (good: string, bad: string) => ({
    [`http_requests_total{job="mainstay",method="${method}",route="${route}",status="200"}`]: good,
    [`http_requests_total{job="mainstay",method="${method}",route="${route}",status="503"}`]: bad,
  }),
});

const durations = (metric: string, edge: string, labels = '') => ({
  series: (good: string, _bad: string, all: string) => ({
    [`${metric}_bucket{job="mainstay"${labels},le="${edge}"}`]: good,
    [`${metric}_bucket{job="mainstay"${labels},le="+Inf"}`]: all,
    [`${metric}_count{job="mainstay"${labels}}`]: all,
  }),
});

const took = 'http_request_duration_seconds';

export const traffic: Readonly<Record<string, Traffic>> = {
  'checkout-availability': { allowed: 10, ...requests('POST', '/api/orders') },
  'checkout-latency': {
    allowed: 100,
    ...durations(took, '2.5', ',method="POST",route="/checkout",status="303"'),
  },
  'browse-availability': { allowed: 5, ...requests('GET', '/products/:slug') },
  'browse-latency': {
    allowed: 100,
    ...durations(took, '0.5', ',method="GET",route="/api/products",status="200"'),
  },
  'sign-in-availability': { allowed: 10, ...requests('POST', '/api/auth/login') },
  'events-sent': { allowed: 10, ...durations('outbox_publish_delay_seconds', '10') },
  'payments-applied': { allowed: 10, ...durations('stripe_webhook_lag_seconds', '300') },
};

/** So many events a minute, so many of them bad, for so many minutes. */
export interface Stretch {
  readonly events: number;
  readonly bad: number;
  readonly minutes: number;
}

/** A counter over stretches, as promtool writes series. */
function counter(stretches: readonly Stretch[], perMinute: (stretch: Stretch) => number): string {
  let total = 0;
  return stretches
    .map((stretch) => {
      const step = perMinute(stretch);
      const text = `${total + step}+${step}x${stretch.minutes - 1}`;
      total += step * stretch.minutes;
      return text;
    })
    .join(' ');
}

/** The series of an objective over stretches. */
export function seriesOf(name: string, stretches: readonly Stretch[]) {
  return traffic[name]?.series(
    counter(stretches, ({ events, bad }) => events - bad),
    counter(stretches, ({ bad }) => bad),
    counter(stretches, ({ events }) => events),
  );
}

/** 10,000 events a minute of which this many times more are bad than the objective allows. */
export function burning(name: string, times: number, minutes: number): Stretch {
  return { events: 10_000, bad: times * (traffic[name]?.allowed ?? 0), minutes };
}

const quiet: Stretch = { events: 10_000, bad: 0, minutes: 1 };

/** Stretches that must call somebody, with what the alert then says of the share, and those that must not. */
export function pageCases(name: string) {
  return {
    fires: { stretches: [burning(name, 20, 70)], at: '69m', times: 20 },
    silent: [
      { why: 'slow enough for a ticket', stretches: [burning(name, 5, 70)], at: '69m' },
      {
        why: 'over for half an hour',
        stretches: [burning(name, 20, 60), { ...quiet, minutes: 45 }],
        at: '104m',
      },
      {
        why: 'three failures at night',
        stretches: [
          { events: 1, bad: 0, minutes: 60 },
          { events: 1, bad: 1, minutes: 3 },
          { events: 1, bad: 0, minutes: 4 },
        ],
        at: '66m',
      },
    ],
  };
}

export function ticketCases(name: string) {
  return {
    fires: { stretches: [burning(name, 5, 200)], at: '199m', times: 5 },
    silent: [
      { why: 'within what is allowed', stretches: [burning(name, 0.8, 200)], at: '199m' },
      {
        why: 'over since this morning',
        stretches: [burning(name, 5, 180), { ...quiet, minutes: 420 }],
        at: '599m',
      },
    ],
  };
}
