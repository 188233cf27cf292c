import { button } from '../../http/buttons.views.ts';
import { csrfField } from '../../http/forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { withNext } from '../../http/ways.ts';

/**
 * A form that an authenticator fills in: shown by the page's script, where the browser has passkeys, which asks
 * `action`/options what to ask the authenticator for.
 */
function passkeyForm(form: {
  readonly does: 'get' | 'create';
  readonly path: string;
  readonly next?: string | undefined;
  readonly label: string;
  readonly kind: 'primary' | 'secondary';
  readonly chrome: Chrome;
  readonly fields?: HtmlValue;
  readonly after?: HtmlValue;
}): Html {
  return html`<form method="post" class="form" hidden${attributes({
    action: withNext(form.path, form.next),
    'data-passkey': form.does,
    'data-options': `${form.path}/options`,
  })}>${csrfField(form.chrome.csrfToken)}
    ${form.fields}
    <p class="field__error" role="alert" data-passkey-error hidden></p>
    ${button(form.label, { kind: form.kind, wide: true })}
    ${form.after}
  </form>`;
}

interface Way {
  readonly path: string;
  readonly next: string | undefined;
  readonly label: string;
}

/** A passkey instead of what the form above asks for. */
export function passkeyInstead(chrome: Chrome, way: Way): Html {
  const fields = html`<p class="or">or</p>`;
  return passkeyForm({ ...way, does: 'get', kind: 'secondary', chrome, fields });
}

/** A passkey before what the form below asks for, where that is only for who lacks it. */
export function passkeyFirst(chrome: Chrome, way: Way): Html {
  const after = html`<p class="or">or</p>`;
  return passkeyForm({ ...way, does: 'get', kind: 'primary', chrome, after });
}

/** Signing in by a passkey, beside the form of e-mail address and password. */
export function passkeySignIn(chrome: Chrome, next: string | undefined): Html {
  const label = 'Sign in with a passkey';
  return passkeyInstead(chrome, { path: '/sign-in/passkey', next, label });
}

/** Adding a passkey under a name. */
export function newPasskeyForm(chrome: Chrome, fields: HtmlValue): Html {
  return passkeyForm({
    does: 'create',
    path: '/account/passkeys',
    label: 'Add a passkey',
    kind: 'primary',
    chrome,
    fields,
  });
}
