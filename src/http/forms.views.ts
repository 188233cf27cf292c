import { attributes, type Html, type HtmlValue, html } from './html.ts';
import { icon } from './icons.views.ts';

export type FieldError = { path: string; message: string };

type ControlOptions = {
  /** The form field's name; errors are found by it. */
  name: string;
  label: string;
  hint?: HtmlValue;
  errors?: readonly FieldError[] | undefined;
  required?: boolean;
  /** Only where one page has the same name twice. */
  id?: string;
};

export type FieldOptions = ControlOptions & {
  type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url' | 'number' | 'date' | 'file';
  /** What was typed or stored; a password and a file are never sent back. */
  value?: string | number | null | undefined;
  autocomplete?: string;
  inputmode?: 'text' | 'decimal' | 'numeric' | 'email' | 'tel';
  placeholder?: string;
  min?: number;
  max?: number;
  step?: number | 'any';
  minlength?: number;
  maxlength?: number;
  pattern?: string;
  accept?: string;
  autofocus?: boolean;
  /** Short fields (postcode, price) should look short. */
  width?: 'short' | 'medium';
};

/** The id of the control for a field, from its name or the path of an error (`items.0.sku` → `field-items-0-sku`). */
export function fieldId(path: string): string {
  return `field-${path.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-|-$/g, '')}`;
}

/** The hidden token that every form that POSTs carries. */
export function csrfField(token: string): Html {
  return html`<input type="hidden" name="_csrf" value="${token}">`;
}

/** A labelled input with its hint and error tied to it. */
export function field(options: FieldOptions): Html {
  const type = options.type ?? 'text';
  const keepsValue = type !== 'password' && type !== 'file';
  return control(
    options,
    (shared) =>
      html`<input class="input"${shared}${attributes({
        type,
        value: keepsValue ? options.value : undefined,
        autocomplete: options.autocomplete,
        inputmode: options.inputmode,
        placeholder: options.placeholder,
        min: options.min,
        max: options.max,
        step: options.step,
        minlength: options.minlength,
        maxlength: options.maxlength,
        pattern: options.pattern,
        accept: options.accept,
        autofocus: options.autofocus,
      })}>`,
    options.width,
  );
}

/** A labelled text area; keeps what was typed. */
export function textarea(
  options: ControlOptions & {
    value?: string | null | undefined;
    rows?: number;
    maxlength?: number;
  },
): Html {
  return control(
    options,
    (shared) =>
      html`<textarea class="input"${shared}${attributes({ rows: options.rows ?? 4, maxlength: options.maxlength })}>${'\n'}${options.value}</textarea>`,
  );
}

export type SelectOption = { value: string; label: string; disabled?: boolean };

/** A labelled native select. */
export function select(
  options: ControlOptions & {
    options: readonly SelectOption[];
    value?: string | null | undefined;
    width?: 'short' | 'medium';
  },
): Html {
  const choices = options.options.map(
    (choice) =>
      html`<option${attributes({ value: choice.value, selected: choice.value === options.value, disabled: choice.disabled })}>${choice.label}</option>`,
  );
  return control(
    options,
    (shared) => html`<select class="input input--select"${shared}>${choices}</select>`,
    options.width,
  );
}

/** One tick box with its label beside it. */
export function checkbox(options: {
  name: string;
  label: HtmlValue;
  value?: string;
  checked?: boolean;
}): Html {
  const id = fieldId(options.value ? `${options.name}-${options.value}` : options.name);
  return html`<div class="check">
    <input type="checkbox"${attributes({ id, name: options.name, value: options.value ?? 'on', checked: options.checked })}>
    <label for="${id}">${options.label}</label>
  </div>`;
}

/** One choice of several as radio buttons that look like chips (sizes, colours). A disabled one says why in words. */
export function choiceGroup(options: {
  name: string;
  legend: string;
  value?: string | undefined;
  choices: readonly { value: string; label: string; note?: string; disabled?: boolean }[];
  required?: boolean;
}): Html {
  return html`<fieldset class="choices">
    <legend class="field__label">${options.legend}</legend>
    <div class="choices__list">${options.choices.map((choice) => {
      // Values of any script, and those that differ in signs alone, have each an id of their own.
      const id = `${fieldId(options.name)}-${encodeURIComponent(choice.value)}`;
      return html`<div class="choice">
        <input type="radio"${attributes({
          id,
          name: options.name,
          value: choice.value,
          checked: choice.value === options.value,
          disabled: choice.disabled,
          required: options.required,
        })}>
        <label for="${id}">${choice.label}${choice.note && html` <small>${choice.note}</small>`}</label>
      </div>`;
    })}</div>
  </fieldset>`;
}

/** A number input; the page's script puts minus and plus buttons round it. */
export function quantityField(options: {
  name?: string;
  value?: number;
  max?: number | undefined;
  min?: number;
  /** What is counted, for those who hear the page: `Quantity of Enamel mug`. */
  label?: string;
  labelHidden?: boolean;
  id?: string;
}): Html {
  const name = options.name ?? 'quantity';
  const id = options.id ?? fieldId(name);
  const label = options.label ?? 'Quantity';
  return html`<div class="quantity" data-quantity>
    <label class="${options.labelHidden ? 'visually-hidden' : 'field__label'}" for="${id}">${label}</label>
    <div class="quantity__control"><input class="input quantity__input" type="number" inputmode="numeric" required${attributes(
      { id, name, value: options.value ?? 1, min: options.min ?? 1, max: options.max, step: 1 },
    )}></div>
  </div>`;
}

/** The list of what to change, above a form, each line leading to its field. Nothing when there is nothing. */
export function errorSummary(
  errors: readonly FieldError[] | undefined,
  title = 'Please check the form',
): Html {
  if (!errors?.length) return html``;
  return html`<div class="notice notice--error" role="alert" tabindex="-1" data-focus>
    ${icon('alert')}
    <div><h2 class="notice__title">${title}</h2>
    <ul>${errors.map(({ path, message }) =>
      path ? html`<li><a href="#${fieldId(path)}">${message}</a></li>` : html`<li>${message}</li>`,
    )}</ul></div>
  </div>`;
}

function control(
  options: ControlOptions,
  input: (shared: Html) => Html,
  width?: 'short' | 'medium',
): Html {
  const id = options.id ?? fieldId(options.name);
  const error = options.errors?.find(({ path }) => fieldId(path) === fieldId(options.name));
  const hintId = options.hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const shared = attributes({
    id,
    name: options.name,
    required: options.required,
    'aria-invalid': error ? 'true' : undefined,
    'aria-describedby': [errorId, hintId].filter(Boolean).join(' ') || undefined,
  });
  return html`<div class="field${error && ' field--error'}${width && ` field--${width}`}">
    <label class="field__label" for="${id}">${options.label}</label>
    ${options.hint && html`<p class="field__hint"${attributes({ id: hintId })}>${options.hint}</p>`}
    ${error && html`<p class="field__error"${attributes({ id: errorId })}>${error.message}</p>`}
    ${input(shared)}
  </div>`;
}
