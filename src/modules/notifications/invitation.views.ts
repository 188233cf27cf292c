import { html } from '../../http/html.ts';
import { mail } from './mail.views.ts';
import type { MailContent } from './notifications.model.ts';

/** The mail that invites somebody to work in the shop. */
export function invitationMail({
  inviter,
  link,
  days,
}: {
  /** The name of who invites. */
  inviter: string;
  link: string;
  days: number;
}): MailContent {
  const what = `${inviter} invites you to work in the shop Mainstay.`;
  const validity = `The link works once, within ${days} days.`;
  const otherwise = 'If you do not know what this is about, there is nothing to do.';
  return mail({
    subject: 'Your invitation to Mainstay',
    paragraphs: [`${what} To accept, open this page:`, link, `${validity} ${otherwise}`],
    content: html`<p>${what}</p>
<p><a href="${link}">Accept the invitation</a></p>
<p>${validity} ${otherwise}</p>`,
  });
}
