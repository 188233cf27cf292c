// @ts-check

/** Shows the panel of each `details[data-confirm]` in a modal dialog instead of unfolding it. */
export function openConfirmationsAsDialogs() {
  for (const details of document.querySelectorAll('details[data-confirm]')) {
    const opener = details.querySelector('summary');
    const panel = details.querySelector('form');
    if (opener && panel) replaceByDialog(details, opener, panel);
  }
}

/**
 * @param {Element} details
 * @param {HTMLElement} opener
 * @param {HTMLFormElement} panel
 */
function replaceByDialog(details, opener, panel) {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  const question = panel.querySelector('.confirm__question');
  if (question?.textContent) dialog.setAttribute('aria-label', question.textContent);

  const cancel = document.createElement('button');
  cancel.type = 'button';
  cancel.className = 'button button--secondary';
  cancel.textContent = 'Keep as it is';
  cancel.addEventListener('click', () => dialog.close());
  panel.querySelector('.actions')?.prepend(cancel);

  const button = document.createElement('button');
  button.type = 'button';
  button.className = opener.className;
  button.append(...opener.childNodes);
  button.setAttribute('aria-haspopup', 'dialog');
  button.addEventListener('click', () => dialog.showModal());

  dialog.append(panel);
  const wasOpen = details.hasAttribute('open');
  details.replaceWith(button, dialog);
  if (wasOpen) dialog.showModal();
}
