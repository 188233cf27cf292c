import { button, confirmAction, linkButton } from '../../http/buttons.views.ts';
import { breadcrumbs, statusBadge } from '../../http/components.views.ts';
import { may } from '../../http/console.views.ts';
import {
  csrfField,
  errorSummary,
  type FieldError,
  field,
  select,
  textarea,
} from '../../http/forms.views.ts';
import { attributes, type Html, html } from '../../http/html.ts';
import { adminPage, type Chrome } from '../../http/layout.views.ts';
import { MAX_OF_PRODUCT, type Product } from '../catalog/catalog.model.ts';
import { productFacts } from './admin-product-facts.views.ts';
import { trailLink } from './admin-trail.views.ts';
import { optionFields, variantFields } from './admin-variants.views.ts';
import { type ProductForm, rowsToShow } from './product-form.model.ts';

const trail = [{ label: 'Products', href: '/admin/products' }];

/** The form that makes a product. */
export function newProductPage(
  chrome: Chrome,
  form: ProductForm,
  errors: readonly FieldError[],
): Html {
  return adminPage({
    title: 'New product',
    section: 'products',
    chrome,
    content: html`${breadcrumbs(trail, 'New product')}
      ${productForm(chrome, { action: '/admin/products', submit: 'Create the product' }, form, errors)}`,
  });
}

/** The form that changes a product, with what takes it off sale; for those who may not, its facts. */
export function editProductPage(
  chrome: Chrome,
  product: Product,
  form: ProductForm,
  errors: readonly FieldError[],
): Html {
  const path = `/admin/products/${product.id}`;
  const writes = may(chrome, 'catalog:write');
  return adminPage({
    title: product.title,
    section: 'products',
    chrome,
    actions: html`${statusBadge(product.status)}
      ${product.status === 'active' && linkButton('See it in the shop', `/products/${product.slug}`, { kind: 'secondary' })}
      ${trailLink(chrome, product.id)}${writes && removal(path, product, chrome.csrfToken)}`,
    content: html`${breadcrumbs(trail, product.title)}
      ${writes ? productForm(chrome, { action: path, submit: 'Save' }, form, errors) : productFacts(chrome, product)}`,
  });
}

function removal(path: string, { title, status }: Product, csrfToken: string): Html {
  return html`${
    status !== 'archived' &&
    confirmAction({
      label: 'Archive',
      question: `Archive ${title}?`,
      detail: 'Shoppers no longer see it. Set its status to active to bring it back.',
      confirmLabel: 'Archive it',
      action: `${path}/archive`,
      csrfToken,
      kind: 'primary',
    })
  }${confirmAction({
    label: 'Delete',
    question: `Delete ${title}?`,
    detail: 'This cannot be undone. Where orders refer to it, it is archived instead.',
    confirmLabel: 'Delete it',
    action: `${path}/delete`,
    csrfToken,
  })}`;
}

function productForm(
  chrome: Chrome,
  { action, submit }: { action: string; submit: string },
  form: ProductForm,
  errors: readonly FieldError[],
): Html {
  return html`${errorSummary(errors, 'Nothing was saved yet')}
  <form method="post" action="${action}" data-submit-once>
    ${csrfField(chrome.csrfToken)}
    <input type="hidden"${attributes({ name: 'seen', value: form.seen })}>
    <div class="admin-columns">
      <div><section class="panel form"><h2>Product</h2>${describing(form, errors)}</section></div>
      <div><section class="panel form"><h2>Where it shows</h2>${sorting(form, errors)}</section></div>
    </div>
    <section class="panel form panel--below"><h2>Variants</h2>
      ${optionFields(form, errors)}
      ${variantFields(chrome, rowsToShow(form), form, errors)}
    </section>
    <div class="actions form-end">${button(submit)}${linkButton('Back to the list', '/admin/products', { kind: 'quiet' })}</div>
  </form>`;
}

function describing(form: ProductForm, errors: readonly FieldError[]): Html {
  return html`${field({ name: 'title', label: 'Title', value: form.title, errors, required: true, maxlength: 255 })}
    ${textarea({ name: 'description', label: 'Description', hint: 'HTML; anything that could run or load from elsewhere is removed.', value: form.description, errors, rows: 8, maxlength: MAX_OF_PRODUCT.description })}
    ${textarea({ name: 'images', label: 'Pictures', hint: 'One a line: the address, a space, and what the picture shows. The first is the main one.', value: form.images, errors, rows: 3 })}`;
}

function sorting(form: ProductForm, errors: readonly FieldError[]): Html {
  return html`${select({
    name: 'status',
    label: 'Status',
    value: form.status,
    errors,
    options: [
      { value: 'draft', label: 'Draft: only seen here' },
      { value: 'active', label: 'Active: on sale' },
      { value: 'archived', label: 'Archived: off sale' },
    ],
  })}
  ${field({ name: 'categories', label: 'Categories', hint: 'Separated by semicolons.', value: form.categories, errors })}
  ${field({ name: 'tags', label: 'Tags', hint: 'Separated by commas.', value: form.tags, errors })}
  ${field({ name: 'vendor', label: 'Vendor', value: form.vendor, errors, maxlength: 255 })}
  ${field({ name: 'type', label: 'Type', value: form.type, errors, maxlength: 255 })}
  ${field({ name: 'slug', label: 'Slug', hint: 'The end of its address; made from the title when empty.', value: form.slug, errors, maxlength: 200 })}`;
}
