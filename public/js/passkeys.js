// @ts-check

/** Has an authenticator fill in each `form[data-passkey]` when it is sent, where the browser has passkeys. */
export function offerPasskeys() {
  // Browsers bind passkeys to names, never to addresses of machines.
  const known = window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname);
  for (const excuse of document.querySelectorAll('[data-no-passkeys]')) {
    if (known) excuse.remove();
    else excuse.setAttribute('data-no-passkeys', 'shown');
  }
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!known) form.remove();
    if (!(form instanceof HTMLFormElement)) continue;
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void fillIn(form);
    });
  }
}

/** @param {HTMLFormElement} form */
async function fillIn(form) {
  if (form.hasAttribute('aria-busy')) return;
  form.setAttribute('aria-busy', 'true');
  tell(form, '');
  try {
    const answer = await fetch(form.dataset.options ?? '', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ _csrf: new FormData(form).get('_csrf')?.toString() ?? '' }),
    });
    // Led elsewhere: to sign in, or to confirm first.
    if (answer.redirected) return location.assign(answer.url);
    if (!answer.ok) return tell(form, 'That did not work. Reload the page and try again.');
    const options = await answer.json();
    const fields = form.dataset.passkey === 'create' ? await create(options) : await get(options);
    for (const [name, value] of Object.entries(fields)) hidden(form, name).value = value;
    // Once more by hand: this does not come back here.
    form.submit();
  } catch (error) {
    tell(form, reasonOf(error));
  } finally {
    form.removeAttribute('aria-busy');
  }
}

/**
 * @param {any} options PublicKeyCredentialCreationOptionsJSON
 * @returns {Promise<Record<string, string>>}
 */
async function create(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map(toDescriptor),
    },
  });
  const { rawId, response } = /** @type {PublicKeyCredential} */ (credential);
  const made = /** @type {AuthenticatorAttestationResponse} */ (response);
  const transports = made.getTransports?.() ?? [];
  return {
    id: toText(rawId),
    clientDataJSON: toText(made.clientDataJSON),
    attestationObject: toText(made.attestationObject),
    ...(transports.length > 0 ? { transports: transports.join(',') } : {}),
  };
}

/**
 * @param {any} options PublicKeyCredentialRequestOptionsJSON
 * @returns {Promise<Record<string, string>>}
 */
async function get(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: options.allowCredentials.map(toDescriptor),
    },
  });
  const { rawId, response } = /** @type {PublicKeyCredential} */ (credential);
  const signed = /** @type {AuthenticatorAssertionResponse} */ (response);
  return {
    id: toText(rawId),
    clientDataJSON: toText(signed.clientDataJSON),
    authenticatorData: toText(signed.authenticatorData),
    signature: toText(signed.signature),
    ...(signed.userHandle ? { userHandle: toText(signed.userHandle) } : {}),
  };
}

/** @param {any} descriptor */
function toDescriptor(descriptor) {
  return { ...descriptor, id: toBytes(descriptor.id) };
}

/** @param {string} base64url */
function toBytes(base64url) {
  const binary = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} bytes */
function toText(bytes) {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function hidden(form, name) {
  const known = form.querySelector(`input[type=hidden][name="${name}"]`);
  if (known instanceof HTMLInputElement) return known;
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = name;
  form.append(input);
  return input;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function tell(form, text) {
  const place = form.querySelector('[data-passkey-error]');
  if (!(place instanceof HTMLElement)) return;
  place.textContent = text;
  place.hidden = text === '';
}

/** @param {unknown} error */
function reasonOf(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return 'This device has a passkey of your account already.';
  if (name === 'NotAllowedError')
    return 'No passkey was chosen, or it took too long. Nothing changed: try again.';
  if (name === 'SecurityError') return 'Passkeys work at the shop’s own address alone.';
  return 'That did not work. Try again, or sign in another way.';
}
