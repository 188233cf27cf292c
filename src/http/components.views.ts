import { formatMoney, type Money } from '../shared/money.ts';
import { linkButton } from './buttons.views.ts';
import { attributes, type Html, type HtmlValue, html } from './html.ts';
import { type IconName, icon } from './icons.views.ts';

export type Link = { label: string; href: string };

/** An amount of money, its digits aligned in columns. */
export function money(value: Money): Html {
  return html`<span class="money">${formatMoney(value)}</span>`;
}

/** A selling price; struck through beside it what it was before, where that was more. */
export function price(options: {
  price: Money;
  compareAtPrice?: Money | null | undefined;
  /** Variants cost different amounts and this is the lowest. */
  from?: boolean;
  size?: 'large';
}): Html {
  const before = options.compareAtPrice;
  const reduced = before && before.amount > options.price.amount;
  return html`<p class="price${options.size === 'large' && ' price--large'}${reduced && ' price--reduced'}">
    ${options.from && html`<span class="price__from">from</span> `}<span class="visually-hidden">${reduced ? 'Now' : 'Price'} </span><strong class="money">${formatMoney(options.price)}</strong>${reduced && html` <span class="visually-hidden">Before </span><s class="money">${formatMoney(before)}</s>`}
  </p>`;
}

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

/** A short word in a pill. The tone only supports the word. */
export function badge(label: string, tone: Tone = 'neutral'): Html {
  return html`<span class="badge badge--${tone}">${label}</span>`;
}

const statusTones: Readonly<Record<string, Tone>> = {
  active: 'good',
  draft: 'neutral',
  archived: 'neutral',
  pending: 'warn',
  paid: 'good',
  fulfilled: 'info',
  delivered: 'good',
  cancelled: 'neutral',
  expired: 'neutral',
  refunded: 'bad',
  partially_refunded: 'bad',
  succeeded: 'good',
  failed: 'bad',
  parked: 'bad',
  waiting: 'warn',
  published: 'good',
  dead: 'bad',
  closed: 'neutral',
  enabled: 'good',
  failing: 'warn',
  disabled: 'bad',
};

/** The status of an order, product, payment or event as a pill: `partially_refunded` reads "Partially refunded". */
export function statusBadge(status: string): Html {
  const words = status.replaceAll('_', ' ');
  return badge(words.charAt(0).toUpperCase() + words.slice(1), statusTones[status] ?? 'neutral');
}

/** What a shopper needs to know about stock; says the number only when it is small. */
export function stockNote(options: {
  available: number;
  inventoryPolicy: 'deny' | 'continue';
}): Html {
  const { available, inventoryPolicy } = options;
  if (available > 5) return html`<p class="stock stock--in">In stock</p>`;
  if (available > 0) return html`<p class="stock stock--low">Only ${available} left</p>`;
  if (inventoryPolicy === 'continue') {
    return html`<p class="stock stock--order">Made to order</p>`;
  }
  return html`<p class="stock stock--out">Sold out</p>`;
}

export type ProductCard = {
  href: string;
  title: string;
  image: { url: string; alt: string } | null | undefined;
  price: Money;
  compareAtPrice?: Money | null | undefined;
  /** Variants cost different amounts and `price` is the lowest. */
  priceFrom?: boolean;
  soldOut?: boolean;
  /** One quiet line under the title: "3 colours". */
  note?: string | undefined;
};

/** A square product picture on its soft ground, or a plain ground where there is none. */
export function productImage(
  image: ProductCard['image'],
  options: { eager?: boolean; size?: 'thumb' } = {},
): Html {
  const className = `product-image${options.size ? ` product-image--${options.size}` : ''}`;
  if (!image) return html`<span class="${className} product-image--none"></span>`;
  return html`<img class="${className}"${attributes({
    src: image.url,
    alt: image.alt,
    width: 800,
    height: 800,
    loading: options.eager ? 'eager' : 'lazy',
    decoding: 'async',
  })}>`;
}

/** Products as a grid of cards. Headings are h2, or h3 where the grid stands under an h2 of its own. */
export function productGrid(cards: readonly ProductCard[], headingLevel: 2 | 3 = 2): Html {
  return html`<ul class="product-grid">${cards.map(
    (card, index) => html`<li>${productCard(card, headingLevel, index < 4)}</li>`,
  )}</ul>`;
}

function productCard(card: ProductCard, headingLevel: 2 | 3, eager: boolean): Html {
  const reduced = card.compareAtPrice && card.compareAtPrice.amount > card.price.amount;
  return html`<article class="product-card${card.soldOut && ' product-card--sold-out'}">
    <div class="product-card__picture">${productImage(card.image, { eager })}${
      card.soldOut ? badge('Sold out') : reduced && badge('Sale', 'bad')
    }</div>
    <h${headingLevel} class="product-card__title"><a class="product-card__link" href="${card.href}">${card.title}</a></h${headingLevel}>
    ${card.note && html`<p class="product-card__note">${card.note}</p>`}
    ${price({ price: card.price, compareAtPrice: card.compareAtPrice, from: card.priceFrom ?? false })}
  </article>`;
}

/** The way on through a list: back to its start, and the next page by cursor. Nothing for a list of one page. */
export function pagination(options: { firstHref?: string | null; nextHref: string | null }): Html {
  if (!options.firstHref && !options.nextHref) return html``;
  return html`<nav class="pagination" aria-label="Pages">
    ${options.firstHref && linkButton('Back to start', options.firstHref, { kind: 'secondary' })}
    ${options.nextHref && linkButton('Next page', options.nextHref, { kind: 'secondary' })}
  </nav>`;
}

/** What to say where there is nothing yet, and what to do about it. */
export function emptyState(options: {
  title: string;
  text?: HtmlValue;
  action?: Link;
  icon?: IconName;
}): Html {
  return html`<div class="empty">
    ${options.icon && icon(options.icon)}
    <p class="empty__title">${options.title}</p>
    ${options.text && html`<p>${options.text}</p>`}
    ${options.action && linkButton(options.action.label, options.action.href)}
  </div>`;
}

export type Flash = { kind: 'success' | 'error' | 'info'; text: string };

const flashIcons = { success: 'check', error: 'alert', info: 'info' } as const;

/** What just happened, said once at the top of the page. Layouts show `chrome.flash`; pages use it for lasting notes. */
export function flashMessage({ kind, text }: Flash): Html {
  return html`<div class="notice notice--${kind}" role="${kind === 'error' ? 'alert' : 'status'}" data-flash>${icon(flashIcons[kind])}<p>${text}</p></div>`;
}

/** Where this page lies, from the top; the last one is the page itself and has no link. */
export function breadcrumbs(trail: readonly Link[], current: string): Html {
  return html`<nav class="breadcrumbs" aria-label="Breadcrumbs"><ol>
    ${trail.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}
    <li aria-current="page">${current}</li>
  </ol></nav>`;
}

/** Names and values in two columns: the facts of an order, a product's measures. */
export function definitionList(rows: readonly (readonly [term: string, value: HtmlValue])[]): Html {
  return html`<dl class="facts">${rows.map(
    ([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

/** The sums at the end of an order or cart; the last row is the total. */
export function totals(rows: readonly (readonly [label: string, value: Money])[]): Html {
  return html`<dl class="totals">${rows.map(
    ([label, value]) => html`<div><dt>${label}</dt><dd>${money(value)}</dd></div>`,
  )}</dl>`;
}

const dateFormat = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
const timeFormat = new Intl.DateTimeFormat('en-US', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** A moment as its day, in UTC. */
export function date(moment: Date | string): Html {
  const value = new Date(moment);
  return html`<time datetime="${value.toISOString()}">${dateFormat.format(value)}</time>`;
}

/** A moment to the minute, in UTC. */
export function dateTime(moment: Date | string): Html {
  const value = new Date(moment);
  return html`<time datetime="${value.toISOString()}">${timeFormat.format(value)} UTC</time>`;
}
