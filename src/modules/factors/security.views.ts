import { linkButton } from '../../http/buttons.views.ts';
import { badge, breadcrumbs, date } from '../../http/components.views.ts';
import { ACCOUNT } from '../../http/form-page.views.ts';
import { type Html, type HtmlValue, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import type { Factors } from './factors.model.ts';

export const SECURITY = { label: 'Signing in', href: '/account/security' };

/** Everything about signing in to one's account; where second factors are a duty, that alone until it is done. */
export function securityPage(
  chrome: Chrome,
  { has, isDuty, more }: { has: Factors; isDuty: boolean; more: HtmlValue },
): Html {
  const mustAdd = isDuty && has.totpSince === null && has.passkeys.length === 0;
  return storefrontPage({
    title: 'Signing in',
    private: true,
    chrome,
    content: html`${breadcrumbs([ACCOUNT], 'Signing in')}
    <div class="page-head"><h1>Signing in</h1></div>
    ${mustAdd && html`<p class="lead">Whoever works here needs more than a password. Add a passkey or codes of an app, and the console opens.</p>`}
    <div class="settings">
      ${!mustAdd && password()}
      ${passkeys(has)}
      ${codes(has)}
      ${!mustAdd && more}
      ${!mustAdd && sessions()}
    </div>`,
  });
}

function password(): Html {
  return html`<section class="panel form"><h2>Password</h2>
    <p>Nobody else should know it, and no other site should have the same.</p>
    <div class="actions">${linkButton('Change password', '/account/password', { kind: 'secondary' })}</div>
  </section>`;
}

function sessions(): Html {
  return html`<section class="panel form"><h2>Sessions</h2>
    <p>The browsers and programs in which you are signed in.</p>
    <div class="actions">${linkButton('See them', '/account/sessions', { kind: 'secondary' })}</div>
  </section>`;
}

function passkeys({ passkeys: all }: Factors): Html {
  return html`<section class="panel form"><h2>Passkeys ${all.length > 0 ? badge('On', 'good') : badge('Off')}</h2>
    ${
      all.length > 0
        ? html`<ul class="passkeys">${all.map(
            ({ name, createdAt, lastUsedAt }) =>
              html`<li class="passkeys__item">${name} <span class="muted">${passkeyDates({ createdAt, lastUsedAt })}</span></li>`,
          )}</ul>`
        : html`<p>Sign in with the lock of your phone or computer, or with a security key, instead of a password.</p>`
    }
    <div class="actions">${linkButton(all.length > 0 ? 'Add or remove' : 'Add a passkey', '/account/passkeys', { kind: all.length > 0 ? 'secondary' : 'primary' })}</div>
  </section>`;
}

/** When a passkey was added and used. */
export function passkeyDates(passkey: { createdAt: Date; lastUsedAt: Date | null }): Html {
  const { createdAt, lastUsedAt } = passkey;
  return html`Added ${date(createdAt)}, ${lastUsedAt ? html`last used ${date(lastUsedAt)}` : 'not used yet'}`;
}

function codes({ totpSince, recoveryCodesLeft }: Factors): Html {
  return html`<section class="panel form"><h2>Codes of an app ${totpSince ? badge('On', 'good') : badge('Off')}</h2>
    ${
      totpSince
        ? html`<p>Signing in asks for a code, since ${date(totpSince)}. ${recoveryCodesLeft} recovery ${recoveryCodesLeft === 1 ? 'code is' : 'codes are'} left.</p>`
        : html`<p>With a code of your phone beside the password, a stolen password opens nothing.</p>`
    }
    <div class="actions">${linkButton(totpSince ? 'Change' : 'Set up', '/account/two-step', { kind: totpSince ? 'secondary' : 'primary' })}</div>
  </section>`;
}
