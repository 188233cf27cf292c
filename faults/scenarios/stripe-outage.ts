import { browsingBetween, percentile } from '../report.ts';
import type { Act } from '../stage.ts';
import { comesTrue, pause } from '../wait.ts';

/** Enough pages for a percentile that means something. */
const BROWSERS = 3;
const WARM_MS = 10_000;
const OUTAGE_MS = 60_000;
const BACK_MS = 90_000;
/** Pages may take so much longer while Stripe is away. */
const MOST_RATIO = 1.5;
/** Below this many milliseconds a ratio says nothing but chance. */
const NOISE_MS = 25;

/** A minute in which Stripe takes connections and never answers: who only looks at goods must not notice. */
export const stripeOutage: Act = {
  deploys: false,
  async perform(scene, say) {
    const { world, history } = scene;
    const paid = () => history.counters.get('sessions paid') ?? 0;
    scene.addBrowsers(BROWSERS);
    await pause(WARM_MS);
    const before = history.now();
    await pause(OUTAGE_MS);
    const held = world.stripe.proxy.struck.held;
    world.stripe.proxy.impair({ blackHole: true });
    const outage = history.now();
    say('Stripe is away');
    await pause(OUTAGE_MS);
    world.stripe.proxy.heal();
    world.stripe.proxy.cut();
    const back = history.now();
    const paidBefore = paid();
    say('Stripe is back');
    const recovered = await comesTrue(() => paid() > paidBefore, BACK_MS, 200);
    scene.figure('first payment after the outage, ms', history.now() - back);
    const figures = {
      before: percentile(browsingBetween(history, before, outage), 0.99),
      during: percentile(browsingBetween(history, outage, back), 0.99),
    };
    scene.figure('pages before the outage', browsingBetween(history, before, outage).length);
    scene.figure('pages during the outage', browsingBetween(history, outage, back).length);
    scene.figure('p99 of pages before the outage, ms', figures.before);
    scene.figure('p99 of pages during the outage, ms', figures.during);
    const ratio = figures.during / figures.before;
    scene.figure('p99 during / before', ratio);
    if (ratio > MOST_RATIO && figures.during - figures.before > NOISE_MS)
      scene.violation(`pages took ${ratio.toFixed(2)} times as long while Stripe was away`);
    if (!recovered) scene.violation('nobody could pay again after Stripe was back');
    return {
      planned: [],
      struck: { 'stripe-black-holed': world.stripe.proxy.struck.held - held },
      skipped: {},
      violations: async () => [],
    };
  },
};
