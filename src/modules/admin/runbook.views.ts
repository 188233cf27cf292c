import { breadcrumbs } from '../../http/components.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';

/** A runbook as it is written, its sections reachable by name. */
export function runbookPage(chrome: Chrome, { name, text }: { name: string; text: string }): Html {
  const [first = '', ...rest] = text.split('\n');
  return adminPage({
    title: first.replace(/^# /, ''),
    section: 'operations',
    chrome,
    content: html`${breadcrumbs([{ label: 'Operations', href: '/admin/operations' }], `docs/runbooks/${name}`)}
    <section class="panel runbook">${sectionsOf(rest)}</section>`,
  });
}

/** Paragraphs as they are; headings become what links lead to. */
function sectionsOf(lines: readonly string[]): Html[] {
  const sections = lines
    .join('\n')
    .trim()
    .split(/\n(?=## )/);
  return sections.map((section) => {
    const heading = /^## (.*)\n?/.exec(section)?.[1];
    const body = heading === undefined ? section : section.replace(/^## .*\n?/, '');
    return html`${heading && html`<h2${attributes({ id: anchorOf(heading) })}>${heading}</h2>`}<pre class="runbook__text">${body.trim()}</pre>`;
  });
}

/** As the sites that show Markdown name their headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** Leads to a section of a runbook: `parked-money.md#3-act`. */
export function runbookLink(runbook: string): Html {
  return html`<a href="/admin/runbooks/${runbook}">Runbook</a>`;
}
