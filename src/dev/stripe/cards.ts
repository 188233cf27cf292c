/** What the bank says no with: Stripe's code, decline code and message. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

/** One of Stripe's published test cards. Source: docs.stripe.com/testing. */
export interface TestCard {
  /** Names the card in links and fingerprints, so that no number is ever written down. */
  readonly key: string;
  readonly number: string;
  readonly label: string;
  readonly brand: 'visa' | 'mastercard' | 'amex';
  readonly country: string;
  /** Whether the bank asks for 3-D Secure before it decides. */
  readonly authentication: boolean;
  readonly decline: Decline | null;
}

const approved = { brand: 'visa', country: 'US', authentication: false, decline: null } as const;

function declined(
  code: string,
  declineCode: string,
  message: string,
): Omit<TestCard, 'key' | 'number' | 'label'> {
  return { ...approved, decline: { code, declineCode, message } };
}

export const TEST_CARDS: readonly TestCard[] = [
  { ...approved, key: 'visa', number: '4242424242424242', label: 'Visa, paid at once' },
  {
    ...approved,
    key: 'mastercard',
    number: '5555555555554444',
    label: 'Mastercard, paid at once',
    brand: 'mastercard',
  },
  {
    ...approved,
    key: 'amex',
    number: '378282246310005',
    label: 'American Express, paid at once',
    brand: 'amex',
  },
  {
    ...approved,
    key: 'authenticate',
    number: '4000002500003155',
    label: 'Asks for 3-D Secure',
    authentication: true,
  },
  {
    ...approved,
    key: 'always-authenticate',
    number: '4000002760003184',
    label: 'Always asks for 3-D Secure',
    country: 'DE',
    authentication: true,
  },
  {
    ...approved,
    key: 'three-d-secure-2',
    number: '4000000000003220',
    label: 'Requires 3-D Secure 2',
    authentication: true,
  },
  {
    ...declined('card_declined', 'generic_decline', 'Your card was declined.'),
    key: 'declined',
    number: '4000000000000002',
    label: 'Declined',
  },
  {
    ...declined('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
    key: 'insufficient-funds',
    number: '4000000000009995',
    label: 'Declined: insufficient funds',
  },
  {
    ...declined('card_declined', 'lost_card', 'Your card was declined.'),
    key: 'lost-card',
    number: '4000000000009987',
    label: 'Declined: reported lost',
  },
  {
    ...declined('expired_card', 'expired_card', 'Your card has expired.'),
    key: 'expired-card',
    number: '4000000000000069',
    label: 'Declined: expired',
  },
  {
    ...declined('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
    key: 'incorrect-cvc',
    number: '4000000000000127',
    label: 'Declined: wrong security code',
  },
  {
    ...declined(
      'processing_error',
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
    key: 'processing-error',
    number: '4000000000000119',
    label: 'Declined: processing error',
  },
];

/** Digits of what was typed, which may have spaces or dashes between them. */
export function digitsOf(typed: string): string {
  return typed.replace(/[\s-]/g, '');
}

/** The test card with that number. */
export function findTestCard(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === number);
}

/** Whether the digits make a card number: 12 to 19 of them with a right check digit (ISO/IEC 7812, Luhn). */
export function isCardNumber(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) return false;
  let sum = 0;
  [...digits].reverse().forEach((digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

/** A card number as it is printed on the card: in fours, American Express 4-6-5. */
export function grouped({ number, brand }: TestCard): string {
  const groups = brand === 'amex' ? /^(\d{4})(\d{6})(\d{5})$/ : /^(\d{4})(\d{4})(\d{4})(\d{4})$/;
  return number.split(groups).filter(Boolean).join(' ');
}
