import type Stripe from 'stripe';
import { ApiError, noSuch } from './api-error.ts';
import { formatAmount, isKnownCurrency, MAXIMUM_CHARGE, minimumCharge } from './currency.ts';
import { newId } from './ids.ts';
import type { LineItemDraft } from './line-item.objects.ts';
import type { Params } from './params.ts';
import type { Checkout } from './tables.ts';

const HALF_HOUR = 30 * 60;
const ONE_DAY = 24 * 3600;

/** Allowed for clocks and for the request's way here. */
const LEEWAY_SECONDS = 30;

const MAX_LINE_ITEMS = 100;

/**
 * When the session ends, unix seconds: 30 minutes to 24 hours from now, 24 hours unless told.
 * @throws ApiError 400 outside of that.
 */
export function readExpiry(params: Params, now: number): number {
  const expiresAt = params.integer('expires_at') ?? now + ONE_DAY;
  const bounds = { param: 'expires_at' };
  if (expiresAt < now + HALF_HOUR - LEEWAY_SECONDS) {
    throw new ApiError(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      bounds,
    );
  }
  if (expiresAt > now + ONE_DAY + LEEWAY_SECONDS) {
    throw new ApiError(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      bounds,
    );
  }
  return expiresAt;
}

/**
 * The lines to be sold, all in one currency.
 * @throws ApiError 400 for none or too many, a bad amount or quantity, or mixed currencies.
 */
export function readLineItems(params: Params): LineItemDraft[] {
  const lines = params.list('line_items');
  if (lines.length === 0) {
    throw new ApiError('Missing required param: line_items.', {
      code: 'parameter_missing',
      param: 'line_items',
    });
  }
  if (lines.length > MAX_LINE_ITEMS) {
    throw new ApiError(`A Checkout Session takes up to ${MAX_LINE_ITEMS} line items.`, {
      param: 'line_items',
    });
  }
  const drafts = lines.map(readLineItem);
  if (new Set(drafts.map((draft) => draft.currency)).size > 1) {
    throw new ApiError('All line items of a Checkout Session must have the same currency.', {
      param: 'line_items',
    });
  }
  return drafts;
}

function readLineItem(line: Params): LineItemDraft {
  const price = line.text('price');
  if (price !== null) throw noSuch('price', price, line.name('price'));
  const data = line.nested('price_data');
  if (data === null) {
    throw new ApiError(
      'You must specify either `price` or `price_data` when creating a line item.',
      {
        param: line.name('price_data'),
      },
    );
  }
  const product = data.nested('product_data');
  if (product === null) throw noSuch('product', data.requiredText('product'), data.name('product'));
  product.text('description');
  product.texts('images');
  product.metadata();
  return {
    name: product.requiredText('name'),
    productId: newId('prod_', 14),
    currency: readCurrency(data),
    unitAmount: inRange(
      data.requiredInteger('unit_amount'),
      0,
      MAXIMUM_CHARGE,
      data.name('unit_amount'),
    ),
    quantity: inRange(line.requiredInteger('quantity'), 1, 999_999, line.name('quantity')),
    taxBehavior:
      data.oneOf('tax_behavior', ['exclusive', 'inclusive', 'unspecified']) ?? 'unspecified',
    metadata: line.metadata(),
  };
}

function readCurrency(data: Params): string {
  const currency = data.requiredText('currency').toLowerCase();
  if (!isKnownCurrency(currency)) {
    throw new ApiError(`Invalid currency: ${currency}. Stripe knows three-letter ISO codes.`, {
      param: data.name('currency'),
    });
  }
  return currency;
}

function inRange(value: number, least: number, most: number, param: string): number {
  if (value >= least && value <= most) return value;
  throw new ApiError(`Invalid integer: ${value} (must be from ${least} to ${most})`, {
    code: 'parameter_invalid_integer',
    param,
  });
}

/** @throws ApiError 400 `amount_too_small` or `amount_too_large` for a total (minor units) Stripe would not charge. */
export function checkTotal(total: number, currency: string): void {
  const least = minimumCharge(currency);
  if (total < least) {
    throw new ApiError(
      `The Checkout Session's total amount due must be at least ${formatAmount(least, currency)}.`,
      { code: 'amount_too_small', param: 'line_items' },
    );
  }
  if (total > MAXIMUM_CHARGE) {
    throw new ApiError(
      `The Checkout Session's total amount due must be no more than ${formatAmount(MAXIMUM_CHARGE, currency)}.`,
      { code: 'amount_too_large', param: 'line_items' },
    );
  }
}

/** What the session's payment intent will be given. */
export function readIntentData(params: Params): Checkout['intentData'] {
  const data = params.nested('payment_intent_data');
  if (data?.text('capture_method') === 'manual') {
    throw new ApiError('The stand-in captures automatically; it has no manual capture.', {
      param: 'payment_intent_data[capture_method]',
    });
  }
  return {
    metadata: data?.metadata() ?? {},
    description: data?.text('description') ?? null,
    receipt_email: data?.text('receipt_email') ?? null,
    statement_descriptor: data?.text('statement_descriptor') ?? null,
    statement_descriptor_suffix: data?.text('statement_descriptor_suffix') ?? null,
  };
}

/** Reads what may be said but only in one way: hosted page, payment mode, cards, no automatic tax. */
export function checkFixedChoices(params: Params): void {
  params.oneOf('mode', ['payment']) ?? params.requiredText('mode');
  params.oneOf('ui_mode', ['hosted_page', 'hosted']);
  params.oneOf('payment_method_collection', ['if_required', 'always']);
  params.oneOf('billing_address_collection', ['auto']);
  const methods = params.texts('payment_method_types');
  if (methods.length > 0 && !methods.includes('card')) {
    throw new ApiError('The stand-in takes cards alone.', { param: 'payment_method_types' });
  }
  for (const key of [
    'automatic_tax',
    'phone_number_collection',
    'adaptive_pricing',
    'invoice_creation',
  ]) {
    params.nested(key)?.oneOf('enabled', ['false']);
  }
  params.oneOf('allow_promotion_codes', ['false']);
}

/** @throws ApiError 400 for anything but Stripe's choices. */
export function readSubmitType(params: Params): Stripe.Checkout.Session.SubmitType | null {
  return params.oneOf('submit_type', ['auto', 'book', 'donate', 'pay']);
}
