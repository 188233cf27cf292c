import { breadcrumbs } from '../../http/components.views.ts';
import { mayOpen } from '../../http/console.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';

const above = [{ label: 'Operations', href: '/admin/operations' }];

/** A runbook of docs/runbooks: of Markdown, what those are written in. */
export function runbookPage(chrome: Chrome, { name, text }: { name: string; text: string }): Html {
  const [first = '', ...rest] = text.split('\n');
  return adminPage({
    title: first.replace(/^# /, ''),
    section: 'operations',
    chrome,
    content: html`${breadcrumbs(
      above.filter(({ href }) => mayOpen(chrome, href)),
      `docs/runbooks/${name}`,
    )}
    <section class="panel runbook">${blocksOf(rest.join('\n')).map(block)}</section>`,
  });
}

/** Leads to a section of a runbook: `parked-money.md#3-act`. */
export function runbookLink(runbook: string): Html {
  return html`<a href="/admin/runbooks/${runbook}">Runbook</a>`;
}

/** Fences whole, whatever is in them; else what blank lines part. */
function blocksOf(text: string): string[] {
  return text
    .split(/^(```[\s\S]*?^```)$/m)
    .flatMap((part) => (part.startsWith('```') ? [part] : part.split(/\n{2,}/)))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function block(text: string): Html {
  if (text.startsWith('```'))
    return html`<pre class="payload" tabindex="0" aria-label="Commands">${text.replace(/^```\w*\n|\n```$/g, '')}</pre>`;
  const heading = /^## (.*)$/.exec(text)?.[1];
  if (heading !== undefined)
    return html`<h2${attributes({ id: anchorOf(heading) })}>${inline(heading)}</h2>`;
  const lines = text.split('\n');
  if (text.startsWith('|')) return table(lines);
  if (/^\d+\. /.test(text)) return html`<ol>${lines.map(item)}</ol>`;
  if (text.startsWith('- ')) return html`<ul>${lines.map(item)}</ul>`;
  return html`<p>${inline(text)}</p>`;
}

function item(line: string): Html {
  return html`<li>${inline(line.replace(/^(\d+\.|-) /, ''))}</li>`;
}

/** The first line names the columns, the second only draws a line. */
function table([head = '', , ...rows]: readonly string[]): Html {
  const cells = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1);
  return html`<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table class="table">
    <thead><tr>${cells(head).map((cell) => html`<th scope="col">${inline(cell.trim())}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${cells(row).map((cell) => html`<td>${inline(cell.trim())}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

const MARKS = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/;

/** Code, strong words and links; links among the runbooks stay in the console. */
function inline(text: string): Html[] {
  return text.split(MARKS).map((part) => {
    if (part.startsWith('`') && part.length > 1) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith('**')) return html`<strong>${inline(part.slice(2, -2))}</strong>`;
    const [, label, target] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part) ?? [];
    return target === undefined ? html`${part}` : html`<a href="${target}">${label}</a>`;
  });
}

/** As the sites that show Markdown name their headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
