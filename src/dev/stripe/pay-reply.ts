import type { FastifyReply } from 'fastify';
import type Stripe from 'stripe';
import { merchantOf, messagePage, totalOf } from './pay-layout.views.ts';

/** Sends a page. A form on it may lead to this origin, and on to the shop that the session names. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  page: string,
  session?: Stripe.Checkout.Session,
): FastifyReply {
  const shop = session?.success_url ? ` ${new URL(session.success_url).origin}` : '';
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${shop}`,
    )
    .send(page);
}

/** Says that a session can no longer be paid, and why. */
export function sendState(
  reply: FastifyReply,
  status: number,
  session: Stripe.Checkout.Session,
): FastifyReply {
  if (session.status === 'complete') {
    const page = messagePage({
      title: 'This payment is complete',
      message: `${totalOf(session)} was paid to ${merchantOf(session)}. Nothing more will be charged.`,
      link: { href: successUrl(session), text: 'Continue to the shop' },
    });
    return sendPage(reply, status, page, session);
  }
  const page = messagePage({
    title: 'This checkout has expired',
    message: 'Its time is over, and nothing was charged. Start the checkout again in the shop.',
    link:
      session.cancel_url === null ? null : { href: session.cancel_url, text: 'Back to the shop' },
  });
  return sendPage(reply, status, page, session);
}

export function sendNotFound(reply: FastifyReply): FastifyReply {
  const message = 'No checkout or receipt has this address. Start again in the shop.';
  return sendPage(reply, 404, messagePage({ title: 'Nothing is here', message, link: null }));
}

/** Where the shopper goes after paying: the shop's address with the session's id in it. */
export function successUrl(session: Stripe.Checkout.Session): string {
  const address = (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
  return new URL(address).href;
}
