import { html as escaping } from 'ghtml';

class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Markup that is safe to send. Only this file can make it, so no plain string is ever taken for it. */
export type Html = Markup;

/** What a template takes. `true` is left out on purpose: a bare condition in a template is a mistake. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/** Template tag for views: `Html` goes in as it is, lists are joined, nothing gives nothing, text is escaped. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = literals[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (literals[index + 1] ?? '');
  });
  return new Markup(text);
}

/** Vouches for markup made elsewhere: for bodies that were sanitised when they were stored, nothing else. */
export function trustedHtml(sanitised: string): Html {
  return new Markup(sanitised);
}

/** Attributes, each with a space before it: `true` gives the bare name; false, null and undefined give nothing. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
): Html {
  let text = '';
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined || value === null || value === false) continue;
    text += value === true ? ` ${name}` : ` ${name}="${escaping`${value}`}"`;
  }
  return new Markup(text);
}

function render(value: HtmlValue): string {
  if (value instanceof Markup) return value.toString();
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaping`${value}`;
  return value.map(render).join('');
}
