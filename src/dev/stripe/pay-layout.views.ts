import type Stripe from 'stripe';
import { type Html, html } from '../../http/html.ts';
import { formatAmount } from './currency.ts';

/** The frame of every page: says first of all that no real money moves. */
export function payLayout(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/pay/assets/pay-page.css">
</head>
<body>
  <header class="test-notice"><p><strong>Test payment.</strong> This page takes no real money. Use a test card, never a real one.</p></header>
  <main>${main}</main>
  <footer>Mainstay’s local stand-in for Stripe. Not Stripe, and not connected to it.</footer>
</body>
</html>
`.toString();
}

/** A page with one message, and where to go from there. */
export function messagePage(page: {
  readonly title: string;
  readonly message: string;
  readonly link: { readonly href: string; readonly text: string } | null;
}): string {
  return payLayout(
    page.title,
    html`<section class="panel message">
  <h1>${page.title}</h1>
  <p>${page.message}</p>
  ${page.link && html`<p><a class="button" href="${page.link.href}">${page.link.text}</a></p>`}
</section>`,
  );
}

/** Who sells. */
export function merchantOf(session: Stripe.Checkout.Session): string {
  return session.branding_settings?.display_name ?? 'the shop';
}

/** What is to be paid, for people. */
export function totalOf(session: Stripe.Checkout.Session): string {
  return formatAmount(session.amount_total ?? 0, session.currency ?? 'usd');
}
