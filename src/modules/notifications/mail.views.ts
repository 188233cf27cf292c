import { type Html, html } from '../../http/html.ts';
import type { MailContent } from './notifications.model.ts';

/** A mail in both its forms, with greeting and signature; one to somebody whose name is not known greets without. */
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
  const greeting = name === undefined ? 'Hello,' : `Hello ${name},`;
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
