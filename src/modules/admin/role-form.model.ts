import { invalid } from '../../shared/errors.ts';
import { decimalOf, isCurrency, type Money, parseDecimal } from '../../shared/money.ts';
import type { Permission } from '../../shared/permissions.ts';

/** A role as its form has it. */
export interface TypedRole {
  /** When the role was changed last, as its form was made; empty for a new one. */
  readonly seen: string;
  readonly name: string;
  readonly permissions: Permission[];
  readonly unlimited: boolean;
  readonly limits: string;
}

/** Limits as people type them: `200.00 USD, 150.00 EUR`. */
export function limitsText(limits: readonly Money[] | null): string {
  return (limits ?? []).map((money) => `${decimalOf(money)} ${money.currency}`).join(', ');
}

/** The limits in a text; nothing typed: nothing may be refunded. @throws ShopError validation_failed (`limits`). */
export function limitsOf(text: string): Money[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(limitOf);
}

function limitOf(part: string): Money {
  const [, digits = '', code = ''] = /^([\d.]+)\s*([a-z]{3})$/i.exec(part) ?? [];
  const currency = code.toUpperCase();
  const amount = isCurrency(currency) ? parseDecimal(digits, currency) : null;
  if (amount === null)
    throw invalid('limits', `Type amounts with their currency, such as 200.00 USD; not "${part}".`);
  return { amount, currency };
}
