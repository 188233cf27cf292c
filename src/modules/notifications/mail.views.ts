import { type Html, html } from '../../http/html.ts';
import type { MailContent } from './notifications.model.ts';

/** What a mail program, or who reads it, may take for the address of a page or a mail, or for a number to call. */
const LEADS_SOMEWHERE = /[/:@]|\.\p{L}{2}|\d{4}/u;

/**
 * A mail in both its forms, with greeting and signature; one to somebody whose name is not known greets without. So
 * does one to whoever is called by an address: anybody can register somebody else's mail under any name, and the shop
 * would send them where that leads.
 */
export function mail({
  subject,
  name,
  paragraphs,
  content,
}: {
  subject: string;
  name?: string;
  /** What it says as plain text. */
  paragraphs: readonly string[];
  /** The same as HTML. */
  content: Html;
}): MailContent {
  const greeting = name === undefined || LEADS_SOMEWHERE.test(name) ? 'Hello,' : `Hello ${name},`;
  return {
    subject,
    text: [greeting, ...paragraphs, 'Mainstay'].join('\n\n'),
    html: html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body>
<p>${greeting}</p>
${content}
<p>Mainstay</p>
</body>
</html>
`.toString(),
  };
}
