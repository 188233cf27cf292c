// @ts-check

/** Keeps a second click on `form[data-submit-once]` from sending the form again. */
export function submitOnce() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-submit-once')) return;
    if (form.hasAttribute('aria-busy')) {
      event.preventDefault();
      return;
    }
    form.setAttribute('aria-busy', 'true');
    // A disabled button would not be sent with the form, so it only looks and announces itself disabled.
    event.submitter?.setAttribute('aria-disabled', 'true');
  });
  // The back button may show the page as it was left.
  window.addEventListener('pageshow', letSendAgain);
  // Somebody stopped waiting for the answer: the page stays.
  if ('navigation' in window) window.navigation.addEventListener('navigateerror', letSendAgain);
}

function letSendAgain() {
  for (const form of document.querySelectorAll('form[aria-busy]')) {
    form.removeAttribute('aria-busy');
    form.querySelector('[aria-disabled]')?.removeAttribute('aria-disabled');
  }
}

/** Applies `form[data-auto-submit]` as soon as a choice in it changes; text still waits for Enter. */
export function submitFiltersOnChange() {
  for (const form of document.querySelectorAll('form[data-auto-submit]')) {
    form.addEventListener('change', (event) => {
      const control = event.target;
      const chosen =
        control instanceof HTMLSelectElement ||
        (control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type));
      if (chosen && form instanceof HTMLFormElement) form.requestSubmit();
    });
  }
}
