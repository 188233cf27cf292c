import { button, linkButton } from '../../http/buttons.views.ts';
import { pagination } from '../../http/components.views.ts';
import { attributes, type Html, type HtmlValue, html } from '../../http/html.ts';

/** A path with the parameters that say something. */
export function href(
  path: string,
  params: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The way on through a list at a path: back to its start, and to its next page, filtered as it is. */
export function pageLinks(
  path: string,
  { cursor, nextCursor }: { cursor: string | undefined; nextCursor: string | null },
  filter: Parameters<typeof href>[1] = {},
): Html {
  return pagination({
    firstHref: cursor ? href(path, filter) : null,
    nextHref: nextCursor ? href(path, { ...filter, cursor: nextCursor }) : null,
  });
}

/** The filters above a list, applied by URL; choices apply at once where there is JavaScript. */
export function filterBar(options: {
  action: string;
  fields: HtmlValue;
  /** Whether anything is filtered, so that there is something to clear. */
  filtered: boolean;
}): Html {
  return html`<form class="toolbar" role="search" data-auto-submit${attributes({ action: options.action })}>
    ${options.fields}
    ${button('Apply', { kind: 'secondary' })}
    ${options.filtered && linkButton('Clear', options.action, { kind: 'quiet' })}
  </form>`;
}
