// @ts-check

/** Shows price, stock and what can be combined as soon as another variant is chosen in `form[data-variants]`. */
export function followVariantChoice() {
  for (const form of document.querySelectorAll('form[data-variants]')) {
    if (form instanceof HTMLFormElement) follow(form);
  }
}

/** @param {HTMLFormElement} form */
function follow(form) {
  let latest = 0;
  form.addEventListener('change', async (event) => {
    const control = event.target;
    if (!(control instanceof HTMLInputElement) || control.type !== 'radio') return;
    latest += 1;
    const asked = latest;
    const url = `${form.dataset.variants}?${choiceOf(form)}`;
    const response = await fetch(url).catch(() => null);
    // The form works without this, so a failure changes nothing; and a later choice makes this answer old.
    if (!response?.ok || asked !== latest) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('form[data-variants]');
    if (!fresh || asked !== latest) return;
    update(form, fresh);
    history.replaceState(null, '', url);
  });
}

/** @param {HTMLFormElement} form */
function choiceOf(form) {
  const choice = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith('option-')) choice.set(name, String(value));
  }
  return choice;
}

/**
 * @param {HTMLFormElement} form
 * @param {Element} fresh
 */
function update(form, fresh) {
  for (const part of ['price', 'buy']) replaceContent(form, fresh, `[data-live="${part}"]`);
  // The radio buttons stay, and with them the focus; only their words change.
  for (const label of form.querySelectorAll('.choice label')) {
    replaceContent(form, fresh, `label[for="${label.getAttribute('for')}"]`);
  }
  const quantity = form.elements.namedItem('quantity');
  const limit = fresh.querySelector('[name="quantity"]')?.getAttribute('max');
  if (!(quantity instanceof HTMLInputElement) || !limit) return;
  quantity.max = limit;
  if (quantity.valueAsNumber > Number(limit)) quantity.value = limit;
  quantity.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * @param {Element} form
 * @param {Element} fresh
 * @param {string} selector
 */
function replaceContent(form, fresh, selector) {
  const part = fresh.querySelector(selector);
  if (part) form.querySelector(selector)?.replaceChildren(...part.childNodes);
}
