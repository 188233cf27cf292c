import { html } from '../../http/html.ts';
import type { MailContent } from './notifications.model.ts';

/** What a mail says that somebody's way of signing in has changed. */
export interface SecurityNews {
  readonly name: string;
  readonly subject: string;
  readonly news: string;
  readonly at: Date;
  /** Where a new password is asked for. */
  readonly link: string;
}

/** The mail that tells somebody what changed about signing in to their account. */
export function securityMail({ name, subject, news, at, link }: SecurityNews): MailContent {
  const when = `When: ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const advice = 'If this was not you, set a new password now:';
  return {
    subject,
    text: [`Hello ${name},`, news, when, `${advice}\n${link}`, 'Mainstay'].join('\n\n'),
    html: html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body>
<p>Hello ${name},</p>
<p>${news}</p>
<p>${when}</p>
<p>${advice} <a href="${link}">${link}</a></p>
<p>Mainstay</p>
</body>
</html>
`.toString(),
  };
}
