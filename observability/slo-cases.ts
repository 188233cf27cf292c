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

const quiet = (minutes: number): Stretch => ({ events: 10_000, bad: 0, minutes });

/** Four failures of ten, at night: few enough to be chance. */
const atNight: readonly Stretch[] = [
  { events: 0, bad: 0, minutes: 60 },
  { events: 1, bad: 0, minutes: 6 },
  { events: 1, bad: 1, minutes: 4 },
  { events: 1, bad: 0, minutes: 1 },
];

/** Stretches with the minute to look at; `times` is how fast the alert then says the budget burns. */
interface Cases {
  readonly fires: readonly { stretches: readonly Stretch[]; at: number; times: number }[];
  readonly silent: readonly { stretches: readonly Stretch[]; at: number }[];
}

/** Each case holds one of the conditions alone, or misses one alone. */
export function pageCases(name: string): Cases {
  const burn = (times: number, minutes: number) => burning(name, times, minutes);
  return {
    fires: [
      // An hour, seen at once although the hours before were good.
      { stretches: [quiet(310), burn(20, 61)], at: 370, times: 20 },
      // Six hours, each too slow for the first.
      { stretches: [burn(8, 371)], at: 370, times: 8 },
    ],
    silent: [
      // Minutes that are bad enough, of an hour that is not.
      { stretches: [quiet(310), burn(12, 50), burn(20, 11)], at: 370 },
      // An hour that was, and gets better.
      { stretches: [quiet(310), burn(20, 45), burn(10, 16)], at: 370 },
      // Six hours that a ticket is enough for.
      { stretches: [burn(5, 371)], at: 370 },
      // Six hours that were bad, and get better.
      { stretches: [burn(8, 330), burn(3, 41)], at: 370 },
      { stretches: atNight, at: 70 },
    ],
  };
}

export function ticketCases(name: string): Cases {
  const burn = (times: number, minutes: number) => burning(name, times, minutes);
  return {
    fires: [
      { stretches: [burn(5, 201)], at: 200, times: 5 },
      { stretches: [burn(2, 201)], at: 200, times: 2 },
    ],
    silent: [
      // Within what is allowed.
      { stretches: [burn(0.8, 201)], at: 200 },
      // Six hours too fast, of days that leave room for it.
      { stretches: [quiet(1000), burn(2, 371)], at: 1370 },
      // Hours that were too fast, and no longer are.
      { stretches: [burn(3, 400), burn(0.6, 371)], at: 770 },
      { stretches: atNight, at: 70 },
    ],
  };
}
