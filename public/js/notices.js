// @ts-check

/** Moves the focus to the list of errors, so that a keyboard or screen reader starts there. */
export function focusErrors() {
  const summary = document.querySelector('[data-focus]');
  if (summary instanceof HTMLElement) summary.focus();
}

/** Gives each flash message a button that removes it. */
export function letNoticesBeDismissed() {
  for (const notice of document.querySelectorAll('[data-flash]')) {
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'notice__close';
    close.setAttribute('aria-label', 'Dismiss');
    close.textContent = '×';
    close.addEventListener('click', () => notice.remove());
    notice.append(close);
  }
}
