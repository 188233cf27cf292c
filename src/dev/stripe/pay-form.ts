import {
  digitsOf,
  findTestCard,
  grouped,
  isCardNumber,
  TEST_CARDS,
  type TestCard,
} from './cards.ts';
import type { Payer } from './payment-method.objects.ts';

export type PayField = 'cardNumber' | 'cardExpiry' | 'cardCvc' | 'billingName' | 'email';

/** What was typed into the payment form. */
export type Typed = Readonly<Record<PayField, string>>;

/** A form that can be paid with, or what to change in it. */
type ReadForm =
  | { readonly card: TestCard; readonly payer: Payer; readonly errors: null }
  | { readonly errors: Partial<Record<PayField, string>> };

/** Reads the payment form from its encoded body; what is absent is empty. */
export function typedIn(body: string): Typed {
  const form = new URLSearchParams(body);
  const field = (name: PayField) => (form.get(name) ?? '').trim().slice(0, 200);
  return {
    cardNumber: field('cardNumber'),
    cardExpiry: field('cardExpiry'),
    cardCvc: field('cardCvc'),
    billingName: field('billingName'),
    email: field('email'),
  };
}

/**
 * Checks what was typed.
 * @param sessionEmail the address the shop gave, in place of one typed here.
 * @param now unix seconds.
 */
export function readPayForm(typed: Typed, sessionEmail: string | null, now: number): ReadForm {
  const number = digitsOf(typed.cardNumber);
  const card = findTestCard(number);
  const expiry = readExpiry(typed.cardExpiry);
  const errors: Partial<Record<PayField, string>> = {};
  const numberError = card ? null : numberProblem(number);
  const expiryError = expiryProblem(typed.cardExpiry, expiry, now);
  const cvcError = cvcProblem(typed.cardCvc, card);
  if (numberError) errors.cardNumber = numberError;
  if (expiryError) errors.cardExpiry = expiryError;
  if (cvcError) errors.cardCvc = cvcError;
  if (typed.billingName === '') errors.billingName = 'Enter the name on the card.';
  if (typed.email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.email)) {
    errors.email = 'Enter an email address like name@example.com, or leave it empty.';
  }
  if (!card || !expiry || Object.keys(errors).length > 0) return { errors };
  const email = sessionEmail ?? (typed.email === '' ? null : typed.email);
  const payer = { name: typed.billingName, email, expMonth: expiry.month, expYear: expiry.year };
  return { card, payer, errors: null };
}

/** What may be shown again: never the security code, nor a number that could be somebody's real card. */
export function withoutSecrets(typed: Typed): Typed {
  const number = digitsOf(typed.cardNumber);
  const couldBeReal = isCardNumber(number) && findTestCard(number) === undefined;
  return { ...typed, cardCvc: '', cardNumber: couldBeReal ? '' : typed.cardNumber };
}

/** The form filled in with the test card of that key; empty where there is none. */
export function filledIn(key: string | undefined): Typed {
  const card = TEST_CARDS.find((candidate) => candidate.key === key);
  if (!card) return typedIn('');
  return {
    cardNumber: grouped(card),
    cardExpiry: '12 / 34',
    cardCvc: card.brand === 'amex' ? '1234' : '123',
    billingName: 'Test Shopper',
    email: '',
  };
}

function numberProblem(number: string): string {
  if (number === '') return 'Enter a card number.';
  if (!isCardNumber(number)) return 'Your card number is invalid. Check its digits.';
  return 'This is not a test card. Use one of the test cards below, never a real card.';
}

function readExpiry(typed: string): { month: number; year: number } | null {
  const match = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(typed);
  const month = Number(match?.[1]);
  const year = Number(match?.[2]);
  if (!match || month < 1 || month > 12) return null;
  return { month, year: year < 100 ? 2000 + year : year };
}

// A card is good to the end of its month.
function expiryProblem(
  typed: string,
  expiry: { month: number; year: number } | null,
  now: number,
): string | null {
  if (typed === '') return "Enter the card's expiry date.";
  if (expiry === null) return 'Enter the expiry date as month and year, for example 12/34.';
  const isPast = Date.UTC(expiry.year, expiry.month, 1) / 1000 <= now;
  return isPast ? "Your card's expiry date is in the past." : null;
}

function cvcProblem(typed: string, card: TestCard | undefined): string | null {
  if (typed === '') return "Enter the card's security code.";
  const expected = card?.brand === 'amex' ? 4 : 3;
  const right = card ? typed.length === expected : /^.{3,4}$/.test(typed);
  return right && /^\d+$/.test(typed) ? null : `The security code has ${expected} digits.`;
}
