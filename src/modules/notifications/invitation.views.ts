import { html } from '../../http/html.ts';
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
  return {
    subject: 'Your invitation to Mainstay',
    text: [
      'Hello,',
      `${what} To accept, open this page:`,
      link,
      `${validity} ${otherwise}`,
      'Mainstay',
    ].join('\n\n'),
    html: html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Your invitation to Mainstay</title></head>
<body>
<p>Hello,</p>
<p>${what}</p>
<p><a href="${link}">Accept the invitation</a></p>
<p>${validity} ${otherwise}</p>
<p>Mainstay</p>
</body>
</html>
`.toString(),
  };
}
