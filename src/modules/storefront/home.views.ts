import { linkButton } from '../../http/buttons.views.ts';
import { emptyState, productGrid, productImage } from '../../http/components.views.ts';
import { type Html, html } from '../../http/html.ts';
import { type Chrome, storefrontPage } from '../../http/layout.views.ts';
import type { Product } from '../catalog/catalog.model.ts';
import type { PicturedCategory } from './browsing.service.ts';
import { productCard } from './product-card.views.ts';

/** The front page: what the shop is, what is new, where to look further. */
export function homePage(
  chrome: Chrome,
  page: {
    canonical: string;
    newest: readonly Product[];
    categories: readonly PicturedCategory[];
  },
): Html {
  return storefrontPage({
    title: 'Everyday things, made to stay',
    description:
      'Tools, clothes and things for the home that are made to be used every day and kept for years.',
    canonical: page.canonical,
    chrome,
    content: html`<section class="hero">
      <div class="hero__text">
        <h1>Everyday things, made to stay</h1>
        <p class="lead">Few things, chosen with care: made by people who put their name to them, and good for years of daily use.</p>
        <div class="actions">
          ${linkButton('Shop all products', '/products', { size: 'large' })}
          ${page.newest.length > 0 && linkButton('See what is new', '#newest', { kind: 'secondary', size: 'large' })}
        </div>
      </div>
      <img src="/img/hero.svg" alt="" width="1200" height="880">
    </section>
    ${page.categories.length > 0 && categorySection(page.categories)}
    ${page.newest.length > 0 ? newestSection(page.newest) : emptyState({ title: 'Nothing is for sale yet', text: 'Please come back soon.', icon: 'cart' })}`,
  });
}

function categorySection(categories: readonly PicturedCategory[]): Html {
  return html`<section aria-labelledby="categories">
    <div class="section-head"><h2 id="categories">Shop by category</h2></div>
    <ul class="category-grid">${categories.map(
      ({ slug, name, image }) => html`<li><a class="category-card" href="/categories/${slug}">
        ${productImage(image && { url: image.url, alt: '' })}<span>${name}</span>
      </a></li>`,
    )}</ul>
  </section>`;
}

function newestSection(products: readonly Product[]): Html {
  return html`<section aria-labelledby="newest">
    <div class="section-head"><h2 id="newest">New in the shop</h2><a href="/products">See all products</a></div>
    ${productGrid(products.map(productCard), 3)}
  </section>`;
}
