import { html } from '../../http/html.ts';
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
  return {
    subject: 'Set a new password',
    text: [
      `Hello ${name},`,
      `${why} To choose one, open this page:`,
      link,
      `${validity} ${otherwise}`,
      'Mainstay',
    ].join('\n\n'),
    html: html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Set a new password</title></head>
<body>
<p>Hello ${name},</p>
<p>${why}</p>
<p><a href="${link}">Choose a new password</a></p>
<p>${validity} ${otherwise}</p>
<p>Mainstay</p>
</body>
</html>
`.toString(),
  };
}
