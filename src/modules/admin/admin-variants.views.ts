import { may } from '../../http/console.views.ts';
import { checkbox, type FieldError, field, select } from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import type { ProductForm, VariantForm } from './product-form.model.ts';

/** The currency of all variants and the names of what tells them apart. */
export function optionFields(form: ProductForm, errors: readonly FieldError[]): Html {
  const examples = ['Size', 'Colour', 'Material'];
  return html`<div class="form-row">
    ${field({ name: 'currency', label: 'Currency', value: form.currency, errors, required: true, width: 'short', maxlength: 3 })}
    ${form.options.map((name, index) =>
      field({
        name: `option${index + 1}`,
        label: `Option ${index + 1} (optional)`,
        placeholder: examples[index] ?? '',
        value: name,
        errors,
        maxlength: 100,
      }),
    )}
  </div>`;
}

/** A row of fields for each variant. Rows left empty are ignored; saving gives new empty ones. */
export function variantFields(
  chrome: Chrome,
  rows: readonly VariantForm[],
  form: ProductForm,
  errors: readonly FieldError[],
): Html {
  const counts = may(chrome, 'stock:write');
  return html`<p class="muted">Empty rows are ignored; saving gives you more. A product without options has one row.
    ${!counts && 'New variants begin with no units on hand: your role does not change the stock.'}</p>
  <div class="variants${!counts && ' variants--uncounted'}">${rows.map((row, index) => variantRow(row, index, form, { counts, errors }))}</div>`;
}

function variantRow(
  row: VariantForm,
  index: number,
  { options }: ProductForm,
  { counts, errors }: { counts: boolean; errors: readonly FieldError[] },
): Html {
  const name = (part: string) => `variants.${index}.${part}`;
  const named = row.values.filter((value) => value !== '').join(' / ');
  return html`<fieldset class="variant">
    <legend>${named || (row.id ? `Variant ${index + 1}` : `New variant, row ${index + 1}`)}</legend>
    <input type="hidden"${attributes({ name: name('id'), value: row.id })}>
    ${counts && html`<input type="hidden"${attributes({ name: name('stockBefore'), value: row.stockBefore })}>`}
    ${row.values.map((value, option) =>
      field({
        name: name(`option${option + 1}`),
        label: options[option] || `Option ${option + 1}`,
        value,
        errors,
        maxlength: 255,
      }),
    )}
    ${field({ name: name('sku'), label: 'SKU', value: row.sku, errors, maxlength: 255 })}
    ${field({ name: name('price'), label: 'Price', value: row.price, errors, inputmode: 'decimal', maxlength: 16 })}
    ${field({ name: name('compareAt'), label: 'Was', value: row.compareAt, errors, inputmode: 'decimal', maxlength: 16 })}
    ${counts && field({ name: name('stock'), label: 'On hand', value: row.stock, errors, inputmode: 'numeric', maxlength: 11 })}
    ${select({
      name: name('policy'),
      label: 'At zero',
      value: row.policy,
      errors,
      options: [
        { value: 'deny', label: 'Stop selling' },
        { value: 'continue', label: 'Sell on' },
      ],
    })}
    <div class="variant__remove">${row.id !== '' && checkbox({ name: name('remove'), label: html`Remove<span class="visually-hidden"> ${named || `variant ${index + 1}`}</span>`, checked: row.remove })}</div>
  </fieldset>`;
}
