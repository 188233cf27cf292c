import { html } from '../../http/html.ts';
import { mail } from './mail.views.ts';
import type { MailContent } from './notifications.model.ts';

/** The mail with the link to set a new password. */
export function passwordResetMail({
  name,
  link,
  expiresInMinutes,
}: {
  name: string;
  link: string;
  expiresInMinutes: number;
}): MailContent {
  const why = 'Somebody, we hope you, asked to set a new password for your account at Mainstay.';
  const validity = `The link works once, within ${expiresInMinutes} minutes.`;
  const otherwise = 'If it was not you, there is nothing to do: your password stays as it is.';
  return mail({
    subject: 'Set a new password',
    name,
    paragraphs: [`${why} To choose one, open this page:`, link, `${validity} ${otherwise}`],
    content: html`<p>${why}</p>
<p><a href="${link}">Choose a new password</a></p>
<p>${validity} ${otherwise}</p>`,
  });
}
