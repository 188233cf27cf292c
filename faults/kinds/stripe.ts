import { comesTrue, pause } from '../wait.ts';
import type { Blow, Kind, Scene } from './kind.ts';

const LONGER_MS = 30_000;

/** A misbehaviour of the stand-in as a kind of fault, counted by how often it struck. */
function misbehaviour(
  name: string,
  what: string,
  seconds: readonly [number, number],
  setting: string,
  value: unknown,
  more: {
    extra?: Record<string, unknown>;
    holds?: readonly string[];
    missing?: string | null;
  } = {},
): Kind {
  return {
    name,
    what,
    seconds,
    holds: more.holds ?? [`stripe ${setting}`],
    victims: [],
    missing: more.missing ?? null,
    async strike({ world: { stripe } }: Scene, { ms }: Blow) {
      await stripe.misbehave({ [setting]: value, ...more.extra });
      await pause(ms);
      // Where Stripe was hardly asked meanwhile, it lasts until it is.
      await comesTrue(() => stripe.hasStruck(setting), LONGER_MS, 500);
      return stripe.behave(setting);
    },
  };
}

/** What Stripe does wrong, or its network. */
export const stripeKinds: readonly Kind[] = [
  {
    name: 'stripe-unreachable',
    what: 'no connection to Stripe can be made, and open ones are reset',
    seconds: [3, 8],
    holds: ['stripe network'],
    victims: [],
    async strike({ world: { stripe } }, { ms }) {
      const before = stripe.proxy.struck.refused;
      stripe.proxy.refuse(true);
      const cut = stripe.proxy.cut();
      await pause(ms);
      await comesTrue(() => stripe.proxy.struck.refused > before, LONGER_MS, 500);
      stripe.proxy.heal();
      return cut + stripe.proxy.struck.refused - before;
    },
  },
  misbehaviour('stripe-down', 'Stripe drops connections before any work', [3, 8], 'down', true),
  misbehaviour('stripe-errors', 'half of the calls to Stripe end in 500', [4, 8], 'failRate', 0.5, {
    extra: { status: 500 },
  }),
  misbehaviour('stripe-limits', 'most calls to Stripe end in 429', [4, 8], 'failRate', 0.8, {
    extra: { status: 429 },
  }),
  misbehaviour('stripe-slow', 'Stripe thinks for two seconds', [4, 8], 'latencyMs', 2_000),
  misbehaviour(
    'stripe-silent',
    'Stripe does the work and never answers',
    [4, 8],
    'timeoutAfterWork',
    true,
  ),
  misbehaviour(
    'stripe-answer-lost',
    'Stripe does the work and the connection breaks before its answer',
    [4, 8],
    'timeoutAfterWork',
    'drop',
  ),
  misbehaviour(
    'webhooks-duplicated',
    'each webhook comes four times at once',
    [4, 8],
    'duplicate',
    3,
  ),
  misbehaviour('webhooks-reordered', 'webhooks come last first', [4, 8], 'reorder', 800),
  misbehaviour(
    'webhooks-late',
    'webhooks come later than a reservation lasts',
    [5, 8],
    'delayMs',
    14_000,
  ),
  misbehaviour(
    'webhooks-forged',
    'webhooks are signed with another secret',
    [3, 6],
    'badSignature',
    true,
  ),
];

/** Needs somebody who asks Stripe what it told nobody. */
export const lostWebhooks: Kind = misbehaviour(
  'webhooks-lost',
  'webhooks never come; reconciliation must find what they would have said',
  [2, 4],
  'drop',
  1_000_000,
);
