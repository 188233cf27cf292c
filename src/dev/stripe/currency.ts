/** Currencies that Stripe counts in whole units. Source: docs.stripe.com/currencies#zero-decimal. */
const ZERO_DECIMAL = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);

/** Currencies that Stripe counts in thousandths. Source: docs.stripe.com/currencies#three-decimal. */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** Smallest charge in minor units. Source: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
const MINIMUM: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

const known = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** Largest charge in minor units: eight digits, whatever the currency. */
export const MAXIMUM_CHARGE = 99_999_999;

/** Whether it is a currency, as Stripe writes them: three lower-case letters. */
export function isKnownCurrency(currency: string): boolean {
  return known.has(currency);
}

/** Smallest charge in minor units; 1 where Stripe publishes none. */
export function minimumCharge(currency: string): number {
  return MINIMUM[currency] ?? 1;
}

/** Decimals of the currency at Stripe, which differ from ISO 4217 for a few (ISK, UGX: 2). */
function stripeExponent(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount in minor units, for people: `$19.99`, `¥2,000`, `KWD 12.345`. */
export function formatAmount(amount: number, currency: string): string {
  const digits = stripeExponent(currency);
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
