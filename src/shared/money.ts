import { LRUCache } from 'lru-cache';

/** An amount in the currency's minor unit (cents for USD, yen for JPY, fils for KWD). Never a float. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** What the shop sells in where nothing says otherwise: an import without a currency column, the demo. */
export const DEFAULT_CURRENCY = 'USD';

/** Largest unit price, in minor units: the largest amount Stripe charges (eight digits). */
export const MAX_AMOUNT = 99_999_999;

const known = new Set(Intl.supportedValuesOf('currency'));

/** Whether the text is a three-letter ISO 4217 code in upper case. */
export function isCurrency(code: string): boolean {
  return known.has(code);
}

/**
 * Decimals of minor units where they are not two: Stripe's, as amounts go there as they are, and those of ISO 4217 for
 * currencies that it does not take. Not ICU's, which are of what people still pay with (HUF and IDR: none).
 */
const exponents = new Map([
  ...decimals(0, 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UYI VND VUV XAF XOF XPF'),
  ...decimals(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...decimals(4, 'CLF UYW'),
]);

function decimals(exponent: number, currencies: string): [string, number][] {
  return currencies.split(' ').map((currency) => [currency, exponent]);
}

/** Decimals of the currency's minor unit: 2 for USD and HUF, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  return exponents.get(currency) ?? 2;
}

/** Making a format takes a hundred times as long as using one. */
const formats = new LRUCache({
  max: 100,
  memoMethod(name: string) {
    const [locale, currency = ''] = name.split(' ');
    const digits = currencyExponent(currency);
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  },
});

/** An amount as a decimal text in major units, `1999 USD` → `19.99`, by digits alone. */
export function decimalOf({ amount, currency }: Money): string {
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return `${amount < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${fraction}` : ''}`;
}

/**
 * Reads a decimal text in major units, `19.99` → 1999 for USD, by digits alone.
 * Returns null for anything else, also for more decimals than the currency has (unless they are zeros), and for more
 * digits than a number holds.
 */
export function parseDecimal(text: string, currency: string): number | null {
  const match = /^(\d{1,12})(?:\.(\d{1,40}))?$/.exec(text.trim());
  if (!match) return null;
  const exponent = currencyExponent(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > exponent) return null;
  const amount = Number(`${match[1]}${fraction.padEnd(exponent, '0')}`);
  return Number.isSafeInteger(amount) ? amount : null;
}

/** An amount for people, `$19.99`. */
export function formatMoney(money: Money, locale = 'en-US'): string {
  const format = formats.memo(`${locale} ${money.currency}`);
  // A decimal text keeps every digit; format() takes it at runtime (ES2023).
  return format.format(decimalOf(money) as Intl.StringNumericLiteral);
}
