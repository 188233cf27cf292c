import { button } from './buttons.views.ts';
import { breadcrumbs, type Link } from './components.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  type FieldOptions,
  field,
} from './forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from './html.ts';
import { type Chrome, storefrontPage } from './layout.views.ts';

/** Where the pages of somebody's account lead back to. */
export const ACCOUNT: Link = { label: 'Your account', href: '/account' };

/** A narrow page that is one form: its heading, what is wrong with it, its fields, and what else one may do. */
export function formPage(page: {
  title: string;
  lead?: string;
  chrome: Chrome;
  errors: readonly FieldError[] | undefined;
  /** What one may do instead, first. */
  before?: HtmlValue;
  action: string;
  /** It is answered by a file, and may be sent again as the page stays. */
  givesFile?: boolean;
  fields: readonly HtmlValue[];
  submit: string;
  after: HtmlValue;
  under?: readonly Link[];
}): Html {
  return narrowPage(
    page.chrome,
    page.title,
    html`${page.lead && html`<p class="lead">${page.lead}</p>`}
    ${errorSummary(page.errors)}
    ${page.before}
    <form method="post" class="form"${attributes({ action: page.action, 'data-submit-once': !page.givesFile })}>
      ${csrfField(page.chrome.csrfToken)}
      ${page.fields}
      ${button(page.submit, { kind: 'primary', wide: true })}
    </form>
    ${page.after}`,
    page,
  );
}

/** One narrow column under a heading, for one person's eyes; `under` are the pages that lead to it. */
export function narrowPage(
  chrome: Chrome,
  title: string,
  content: Html,
  { under = [] }: { under?: readonly Link[] } = {},
): Html {
  return storefrontPage({
    title,
    chrome,
    private: true,
    content: html`<div class="narrow">${under.length > 0 && breadcrumbs(under, title)}<h1>${title}</h1>${content}</div>`,
  });
}

/** A password to type; managers are told whether it is the current one or a new one, and pasting works. */
export function passwordField(
  options: Omit<FieldOptions, 'type' | 'value' | 'required'> & {
    autocomplete: 'current-password' | 'new-password';
  },
): Html {
  return field({ ...options, type: 'password', required: true });
}
