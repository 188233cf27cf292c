// @ts-check

/** Puts minus and plus buttons round the number input of each `[data-quantity]`. */
export function addQuantitySteppers() {
  for (const field of document.querySelectorAll('[data-quantity]')) {
    const input = field.querySelector('input');
    if (input) addStepper(input);
  }
}

/** @param {HTMLInputElement} input */
function addStepper(input) {
  const fewer = stepButton('−', 'One fewer', () => input.stepDown());
  const more = stepButton('+', 'One more', () => input.stepUp());
  const update = () => {
    fewer.disabled = input.min !== '' && input.valueAsNumber <= Number(input.min);
    more.disabled = input.max !== '' && input.valueAsNumber >= Number(input.max);
  };
  for (const button of [fewer, more]) {
    button.addEventListener('click', () => {
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }
  input.addEventListener('input', update);
  input.before(fewer);
  input.after(more);
  update();
}

/**
 * @param {string} sign
 * @param {string} label
 * @param {() => void} step
 */
function stepButton(sign, label, step) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quantity__step';
  button.textContent = sign;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', step);
  return button;
}
