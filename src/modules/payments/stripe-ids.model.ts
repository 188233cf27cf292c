import { isId } from '../../shared/ids.ts';

/** An id that the shop wrote into metadata; other programs of the same account may write anything there. */
export function ourId(written: string | undefined): string | null {
  return written !== undefined && isId(written) ? written : null;
}

/** The id of what an object of Stripe refers to, expanded or not. */
export function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
