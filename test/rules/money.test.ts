import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatAmount } from '../../src/dev/stripe/currency.ts';
import {
  currencyExponent,
  DEFAULT_CURRENCY,
  decimalOf,
  formatMoney,
  isCurrency,
  MAX_AMOUNT,
  parseDecimal,
} from '../../src/shared/money.ts';

const currencies = Intl.supportedValuesOf('currency');
const currency = fc.constantFrom(...currencies);
/** Without those that Stripe takes no money in and ISO 4217 gives three decimals, four or none. */
const atStripe = fc.constantFrom(
  ...currencies.filter((code) => !['IQD', 'LYD', 'CLF', 'UYW', 'UYI'].includes(code)),
);

describe('an amount in minor units', () => {
  test.each([
    [1999, 'USD', '19.99'],
    [1900, 'USD', '19.00'],
    [5, 'USD', '0.05'],
    [0, 'USD', '0.00'],
    [-5, 'USD', '-0.05'],
    [-1999, 'EUR', '-19.99'],
    [1999, 'JPY', '1999'],
    [0, 'JPY', '0'],
    [-7, 'JPY', '-7'],
    [499_000, 'HUF', '4990.00'],
    [1999, 'KWD', '1.999'],
    [7, 'KWD', '0.007'],
    [Number.MAX_SAFE_INTEGER, 'USD', '90071992547409.91'],
  ])('%d %s is written %s', (minor, code, text) => {
    expect(decimalOf({ amount: minor, currency: code })).toBe(text);
  });

  it('has as many decimals as its currency has', () => {
    expect(['USD', 'JPY', 'KWD'].map(currencyExponent)).toEqual([2, 0, 3]);
    fc.assert(
      fc.property(fc.maxSafeInteger(), currency, (amount, code) => {
        const [, decimals = ''] = decimalOf({ amount, currency: code }).split('.');
        expect(decimals).toHaveLength(currencyExponent(code));
      }),
    );
  });

  // Stripe's page is what a customer pays by: another place of the point there is another price.
  it('means at Stripe what it means here', () => {
    fc.assert(
      fc.property(fc.nat(MAX_AMOUNT), atStripe, (amount, code) => {
        expect(formatMoney({ amount, currency: code })).toBe(
          formatAmount(amount, code.toLowerCase()),
        );
      }),
    );
  });

  it('is read back as it was written, in every currency', () => {
    fc.assert(
      fc.property(fc.nat(MAX_AMOUNT), currency, (amount, code) => {
        expect(parseDecimal(decimalOf({ amount, currency: code }), code)).toBe(amount);
      }),
    );
  });

  test.each([
    [1999, 'USD', undefined, '$19.99'],
    [199_900, 'USD', undefined, '$1,999.00'],
    [1999, 'JPY', undefined, '¥1,999'],
    [499_000, 'HUF', undefined, 'HUF\u00a04,990.00'],
    [1999, 'EUR', 'de-DE', '19,99\u00a0€'],
    // As a float it would be 90071992547409.92.
    [Number.MAX_SAFE_INTEGER, 'USD', undefined, '$90,071,992,547,409.91'],
  ])('%d %s is shown to people, in the locale %s, as %s', (amount, code, locale, text) => {
    expect(formatMoney({ amount, currency: code }, locale)).toBe(text);
  });
});

describe('a price that somebody typed', () => {
  test.each([
    ['19.99', 'USD', 1999],
    ['19.9', 'USD', 1990],
    ['19', 'USD', 1900],
    ['0', 'USD', 0],
    ['007', 'USD', 700],
    [' 19.99 ', 'USD', 1999],
    // Floats make 0.28999999999999998 of it.
    ['0.29', 'USD', 29],
    ['100', 'USD', 10_000],
    ['500', 'JPY', 500],
    ['4990', 'HUF', 499_000],
    ['1.234', 'KWD', 1234],
    // Zeros beyond the currency's decimals change nothing: 19.9900 is what exports of other shops say.
    ['19.9900', 'USD', 1999],
    ['500.00', 'JPY', 500],
    ['999999999999', 'USD', 99_999_999_999_900],
  ])('%j %s is %d', (text, code, amount) => {
    expect(parseDecimal(text, code)).toBe(amount);
  });

  test.each([
    ['19.999', 'USD'],
    ['0.001', 'USD'],
    ['500.5', 'JPY'],
    ['1.2345', 'KWD'],
    ['', 'USD'],
    ['.5', 'USD'],
    ['5.', 'USD'],
    ['-5', 'USD'],
    ['+5', 'USD'],
    ['1e3', 'USD'],
    ['0x10', 'USD'],
    ['1,000', 'USD'],
    ['1 000', 'USD'],
    ['$5', 'USD'],
    ['5 USD', 'USD'],
    ['5.00.00', 'USD'],
    ['NaN', 'USD'],
    ['Infinity', 'USD'],
    ['٣', 'USD'],
    ['1234567890123', 'USD'],
    // As a number it would be 10000000000000000.
    ['999999999999.9999', 'CLF'],
  ])('%j %s is refused', (text, code) => {
    expect(parseDecimal(text, code)).toBeNull();
  });

  it('is exact or refused, never rounded, however many digits it has', () => {
    const digits = fc.stringMatching(/^\d{1,13}(\.\d{1,6})?$/);
    fc.assert(
      fc.property(digits, currency, (text, code) => {
        const amount = parseDecimal(text, code);
        if (amount === null) return;
        const [whole = '', fraction = ''] = text.split('.');
        const exact = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6));
        expect(BigInt(amount) * 10n ** BigInt(6 - currencyExponent(code))).toBe(exact);
      }),
    );
  });
});

describe('a currency', () => {
  it('is a code of ISO 4217 in upper case', () => {
    expect(['USD', 'EUR', 'JPY', DEFAULT_CURRENCY].filter(isCurrency)).toHaveLength(4);
    expect(['usd', 'US', 'USDX', '', ' USD', 'ZZZ', '840'].filter(isCurrency)).toEqual([]);
  });
});
