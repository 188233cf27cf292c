import { definitionList, money, productImage, statusBadge } from '../../http/components.views.ts';
import { linkTo } from '../../http/console.views.ts';
import { type Html, html, trustedHtml } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { dataTable } from '../../http/tables.views.ts';
import type { Product, Variant } from '../catalog/catalog.model.ts';

/** A product for those who may see it and not change it. */
export function productFacts(chrome: Chrome, product: Product): Html {
  const { description, images, status, categories, tags, vendor, type, slug } = product;
  return html`<div class="admin-columns">
    <div><section class="panel"><h2>Product</h2>
      <p class="muted">Your role may see products, not change them.</p>
      ${description ? html`<div class="prose">${trustedHtml(description)}</div>` : html`<p class="muted">No description</p>`}
      ${images.length > 0 && html`<ul class="product__gallery">${images.map(({ url, alt }) => html`<li>${productImage({ url, alt: alt || product.title })}</li>`)}</ul>`}
    </section></div>
    <div><section class="panel"><h2>Where it shows</h2>${definitionList([
      ['Status', statusBadge(status)],
      ['Categories', categories.map(({ name }) => name).join('; ') || '—'],
      ['Tags', tags.join(', ') || '—'],
      ['Vendor', vendor || '—'],
      ['Type', type || '—'],
      ['Slug', html`<code class="breakable">${slug}</code>`],
    ])}</section></div>
  </div>
  <section class="panel panel--below"><h2>Variants</h2>${variantTable(chrome, product)}</section>`;
}

function variantTable(chrome: Chrome, { title, variants }: Product): Html {
  return dataTable({
    caption: 'Variants',
    captionHidden: true,
    rows: variants,
    columns: [
      {
        label: 'Variant',
        rowHeader: true,
        cell: (variant) => linkTo(chrome, `/admin/stock/${variant.id}`, nameOf(variant) || title),
      },
      { label: 'SKU', cell: ({ sku }) => (sku ? html`<code class="nowrap">${sku}</code>` : '—') },
      { label: 'Price', align: 'end', cell: ({ price }) => money(price) },
      {
        label: 'Was',
        align: 'end',
        cell: ({ compareAtPrice }) => (compareAtPrice ? money(compareAtPrice) : '—'),
      },
      { label: 'Available', align: 'end', cell: ({ available }) => available },
      {
        label: 'At zero',
        cell: ({ inventoryPolicy }) =>
          inventoryPolicy === 'continue' ? 'Sells on' : 'Stops selling',
      },
    ],
  });
}

function nameOf({ options }: Variant): string {
  return Object.values(options).join(' / ');
}
