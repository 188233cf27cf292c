import { csrfField } from './forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from './html.ts';

export type ButtonOptions = {
  kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  size?: 'small' | 'large';
  /** Full width of what holds it. */
  wide?: boolean;
};

/** A button inside a form; `name` and `value` are sent when it was the one pressed. */
export function button(
  label: HtmlValue,
  options: ButtonOptions & { name?: string; value?: string; disabled?: boolean } = {},
): Html {
  return html`<button class="${buttonClass(options)}" type="submit"${attributes({
    name: options.name,
    value: options.value,
    disabled: options.disabled,
  })}>${label}</button>`;
}

/** A link that looks like a button: for going somewhere, never for changing something. */
export function linkButton(label: HtmlValue, href: string, options: ButtonOptions = {}): Html {
  return html`<a class="${buttonClass(options)}" href="${href}">${label}</a>`;
}

/**
 * A dangerous act in two steps: the first opens a panel that says what will happen, the second is a form that POSTs.
 * Works as a disclosure without JavaScript and becomes a dialog with it.
 */
export function confirmAction(options: {
  /** On the first button: `Cancel order`. */
  label: HtmlValue;
  /** `Cancel order #1042?` */
  question: string;
  /** What follows from it, in words. */
  detail?: HtmlValue;
  /** On the second button; the verb again: `Yes, cancel it`. */
  confirmLabel: string;
  action: string;
  csrfToken: string;
  /** Further fields of the form: a reason, an amount, hidden ids. */
  fields?: HtmlValue;
  kind?: 'danger' | 'primary';
  size?: 'small';
  /** Already unfolded: its fields have errors to show. */
  open?: boolean;
}): Html {
  const kind = options.kind ?? 'danger';
  const opener = buttonClass({
    kind: kind === 'danger' ? 'danger' : 'secondary',
    ...(options.size && { size: options.size }),
  });
  return html`<details class="confirm" data-confirm${attributes({ open: options.open })}>
    <summary class="${opener}">${options.label}</summary>
    <form class="confirm__panel" method="post" action="${options.action}" data-submit-once>
      ${csrfField(options.csrfToken)}
      <p class="confirm__question">${options.question}</p>
      ${options.detail && html`<p class="confirm__detail">${options.detail}</p>`}
      ${options.fields}
      <div class="actions">${button(options.confirmLabel, { kind: kind === 'danger' ? 'danger' : 'primary' })}</div>
    </form>
  </details>`;
}

function buttonClass({ kind = 'primary', size, wide }: ButtonOptions): string {
  return ['button', `button--${kind}`, size && `button--${size}`, wide && 'button--wide']
    .filter(Boolean)
    .join(' ');
}
