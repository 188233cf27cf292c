import { html } from '../../http/html.ts';
import { mail } from './mail.views.ts';
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
  return mail({
    subject,
    name,
    paragraphs: [news, when, `${advice}\n${link}`],
    content: html`<p>${news}</p>
<p>${when}</p>
<p>${advice} <a href="${link}">${link}</a></p>`,
  });
}
