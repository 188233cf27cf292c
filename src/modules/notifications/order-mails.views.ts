import { html } from '../../http/html.ts';
import { formatMoney, type Money } from '../../shared/money.ts';
import { mail } from './mail.views.ts';
import type { MailContent, MailedOrder, OrderMailKind } from './notifications.model.ts';

/** The mail that tells a customer what happened to their order. */
export function orderMail(
  kind: OrderMailKind,
  order: MailedOrder,
  { link, amount }: { link: string; amount: Money | null },
): MailContent {
  const { subject, news } = wordsOf(kind, order, amount);
  const lines = order.items.map(
    ({ quantity, title, total }) => `${quantity} × ${title}: ${formatMoney(total)}`,
  );
  const total = `Total: ${formatMoney(order.total)}`;
  return mail({
    subject,
    paragraphs: [news, [...lines, total].join('\n'), `Your order: ${link}`],
    content: html`<p>${news}</p>
<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>
<p>${total}</p>
<p><a href="${link}">See your order</a></p>`,
  });
}

function wordsOf(
  kind: OrderMailKind,
  { number }: MailedOrder,
  amount: Money | null,
): { subject: string; news: string } {
  switch (kind) {
    case 'confirmed':
      return {
        subject: `Your order #${number}`,
        news: `Thank you: your order #${number} is paid. We tell you when it is on its way.`,
      };
    case 'sent':
      return {
        subject: `Your order #${number} is on its way`,
        news: `We sent your order #${number} today.`,
      };
    case 'cancelled':
      return {
        subject: `Your order #${number} is cancelled`,
        news: `Your order #${number} is cancelled. You paid nothing for it.`,
      };
    case 'refunded':
      return {
        subject: `A refund for your order #${number}`,
        news: `We gave ${amount ? formatMoney(amount) : 'money'} of your order #${number} back, the way you paid. Banks may take some days to show it.`,
      };
  }
}
