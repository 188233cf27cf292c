import { breadcrumbs, dateTime, definitionList, emptyState } from '../http/components.views.ts';
import { type Html, html } from '../http/html.ts';
import { type Chrome, storefrontPage } from '../http/layout.views.ts';
import { dataTable } from '../http/tables.views.ts';
import type { StoredMail } from './mailbox.ts';

/** Every mail the shop sent lately, newest first. */
export function mailboxPage(mails: readonly StoredMail[], chrome: Chrome): Html {
  const table = dataTable({
    caption: 'Mails, newest first',
    captionHidden: true,
    columns: [
      {
        label: 'Subject',
        rowHeader: true,
        cell: (mail: StoredMail) => html`<a href="/dev/mailbox/${mail.id}">${mail.subject}</a>`,
      },
      { label: 'To', cell: (mail: StoredMail) => mail.to },
      { label: 'Sent', cell: (mail: StoredMail) => dateTime(mail.sentAt) },
    ],
    rows: mails,
    empty: emptyState({
      title: 'No mail yet',
      text: 'Pay an order, or ask for a new password, and the mail appears here.',
      action: { label: 'Forgot password', href: '/forgot-password' },
    }),
  });
  return storefrontPage({
    title: 'Development mailbox',
    chrome,
    private: true,
    content: html`<div class="page-head">
      <h1>Development mailbox</h1>
      <p class="lead">Without SMTP_URL the shop sends no mail. What it would have sent is here.</p>
    </div>
    ${table}`,
  });
}

/** One mail as its plain text, with its links to follow. */
export function mailPage(mail: StoredMail, chrome: Chrome): Html {
  const paragraphs = mail.text.split('\n\n').map((paragraph) => html`<p>${linked(paragraph)}</p>`);
  return storefrontPage({
    title: mail.subject,
    chrome,
    private: true,
    content: html`${breadcrumbs([{ label: 'Development mailbox', href: '/dev/mailbox' }], mail.subject)}
    <article class="narrow">
      <h1>${mail.subject}</h1>
      ${definitionList([
        ['To', mail.to],
        ['Sent', dateTime(mail.sentAt)],
      ])}
      <div class="panel prose">${paragraphs}</div>
    </article>`,
  });
}

/** Text in which what looks like a web address is a link. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));
}
