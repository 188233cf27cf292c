import { button } from '../../http/buttons.views.ts';
import {
  breadcrumbs,
  price,
  productGrid,
  productImage,
  stockNote,
} from '../../http/components.views.ts';
import {
  choiceGroup,
  errorSummary,
  type FieldError,
  quantityField,
} from '../../http/forms.views.ts';
import { attributes, type Html, html, trustedHtml } from '../../http/html.ts';
import { icon } from '../../http/icons.views.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import { MAX_CART_QUANTITY } from '../cart/cart.service.ts';
import type { Product, Variant } from '../catalog/catalog.model.ts';
import { excerptOf } from './excerpt.model.ts';
import { productCard } from './product-card.views.ts';
import type { RelatedProducts } from './related-products.model.ts';
import {
  canBeBought,
  noteOfValue,
  optionField,
  type VariantChoice,
} from './variant-choice.model.ts';

interface ProductPage {
  readonly product: Product;
  readonly related: RelatedProducts | null;
  readonly choice: VariantChoice;
  readonly canonical: string;
  readonly quantity?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
}

/** One product: its pictures, what it costs in the chosen variant, whether it is there, and the way into the cart. */
export function productPage(chrome: Chrome, page: ProductPage): Html {
  const { product } = page;
  const [category] = product.categories;
  const above = category
    ? { label: category.name, href: `/categories/${category.slug}` }
    : { label: 'All products', href: '/products' };
  return storefrontPage({
    title: product.title,
    description: excerptOf(product.description) || product.title,
    canonical: page.canonical,
    current: above.href,
    chrome,
    content: html`${breadcrumbs([{ label: 'Shop', href: '/' }, above], product.title)}
    <div class="product">
      <div class="product__media">${pictures(product)}</div>
      <div class="product__info">
        <div>
          ${product.vendor && html`<p class="muted">${product.vendor}</p>`}
          <h1>${product.title}</h1>
        </div>
        ${errorSummary(page.errors, 'This did not go into the cart')}
        ${buyForm(chrome, page)}
        ${product.description && html`<div class="prose">${trustedHtml(product.description)}</div>`}
      </div>
    </div>
    ${page.related && relatedSection(page.related)}`,
  });
}

function relatedSection({ title, products }: RelatedProducts): Html {
  return html`<section aria-labelledby="related">
    <div class="section-head"><h2 id="related">${title}</h2></div>
    ${productGrid(products.map(productCard), 3)}
  </section>`;
}

function pictures({ title, images }: Product): Html {
  const [first, ...more] = images.map(({ url, alt }) => ({ url, alt: alt || title }));
  return html`${productImage(first, { eager: true })}
  ${
    more.length > 0 &&
    html`<ul class="product__gallery">${more.map((image) => html`<li><a href="${image.url}">${productImage(image)}</a></li>`)}</ul>`
  }`;
}

/** The parts marked data-live show the chosen variant; the page's script brings them up to date after a choice. */
function buyForm(chrome: Chrome, { product, choice, quantity }: ProductPage): Html {
  const { variant } = choice;
  const buyable = variant !== undefined && canBeBought(variant);
  return html`<form class="form" method="post" action="/cart/items" data-submit-once${attributes({
    'data-variants': product.options.length > 0 ? `/products/${product.slug}` : undefined,
  })}>
    <input type="hidden" name="product" value="${product.slug}">
    <div class="offer" data-live="price" aria-live="polite">${offer(product, variant)}</div>
    ${product.options.length > 0 && html`<div class="form" data-live="options">${optionChoices(product, choice)}</div>`}
    ${quantityField({ value: quantityOf(quantity), max: maxOf(variant) })}
    <div class="actions" data-live="buy">${
      buyable
        ? // The token goes with this button alone: the one that looks at a choice would show it in the address.
          button('Add to cart', { size: 'large', name: '_csrf', value: chrome.csrfToken })
        : button(variant ? 'Sold out' : 'Not made like this', { size: 'large', disabled: true })
    }</div>
    <p class="muted with-icon">${icon('lock')} You pay at our payment provider; we never see your card.</p>
  </form>`;
}

function offer(product: Product, variant: Variant | undefined): Html {
  if (!variant)
    return html`${price({ price: product.price, from: true, size: 'large' })}<p class="stock stock--out">Not made in this combination</p>`;
  const { price: amount, compareAtPrice } = variant;
  return html`${price({ price: amount, compareAtPrice, size: 'large' })}${stockNote(variant)}`;
}

function optionChoices(product: Product, choice: VariantChoice): Html {
  return html`${product.options.map(({ name, values }, index) =>
    choiceGroup({
      name: optionField(index),
      legend: name,
      value: choice.values[name],
      choices: values.map((value) => {
        const note = noteOfValue(product, choice.values, name, value);
        return { value, label: value, ...(note && { note }) };
      }),
    }),
  )}
  <noscript><button class="button button--secondary button--small" type="submit" formmethod="get" formaction="/products/${product.slug}" formnovalidate>Show price and stock of this choice</button></noscript>`;
}

function maxOf(variant: Variant | undefined): number {
  if (!variant || variant.inventoryPolicy === 'continue') return MAX_CART_QUANTITY;
  return Math.min(Math.max(variant.available, 1), MAX_CART_QUANTITY);
}

function quantityOf(typed: string | undefined): number {
  return /^[1-9]\d{0,2}$/.test(typed ?? '') ? Number(typed) : 1;
}
