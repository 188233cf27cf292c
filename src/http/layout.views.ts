import { linkButton } from './buttons.views.ts';
import { type Flash, flashMessage, type Link } from './components.views.ts';
import { groupsFor, mayOpen, type Section } from './console.views.ts';
import { csrfField } from './forms.views.ts';
import { attributes, type Html, type HtmlValue, html } from './html.ts';
import { brandMark, icon } from './icons.views.ts';
import type { Principal } from './principal.ts';

/** What every page shows round its content: who is here, what they carry, what just happened. */
export type Chrome = {
  user: Pick<Principal, 'name' | 'email' | 'role' | 'permissions'> | null;
  cartCount: number;
  csrfToken: string;
  /** The search words, kept in the header's search field. */
  query?: string | undefined;
  flash?: Flash | undefined;
  /** Why nothing can be ordered now; left out: it can. */
  closed?: string | undefined;
  /** The categories in the header. */
  categories?: readonly Link[] | undefined;
};

const SHOP = 'Mainstay';

/** A page of the shop. `title` is the page's own; the shop's name is added. Content brings its own h1. */
export function storefrontPage(page: {
  title: string;
  content: HtmlValue;
  chrome: Chrome;
  description?: string | undefined;
  /** Absolute URL. */
  canonical?: string | undefined;
  /** The href of the category that is open. */
  current?: string | undefined;
  /** For pages that belong to one person (cart, account, orders). */
  private?: boolean;
}): Html {
  return html`${head({ ...page, title: `${page.title} · ${SHOP}` })}
<body class="store">
<a class="skip" href="#content">Skip to content</a>
${storeHeader(page.chrome, page.current)}
<main class="wrap" id="content" tabindex="-1">
${page.chrome.closed && html`<div class="notice" role="status">${icon('info')}<p>${page.chrome.closed}</p></div>`}
${page.chrome.flash && flashMessage(page.chrome.flash)}
${page.content}
</main>
${storeFooter(page.chrome.categories)}
</body></html>`;
}

/** A page of the admin console; its h1 is the title, with what can be done here beside it. */
export function adminPage(page: {
  title: string;
  content: HtmlValue;
  chrome: Chrome;
  /** null: a page that is reached from everywhere. */
  section: Section['id'] | null;
  /** Buttons and links beside the heading. */
  actions?: HtmlValue;
}): Html {
  const { user, csrfToken, flash } = page.chrome;
  const links = ({ sections }: { sections: readonly Section[] }) =>
    sections.map(
      ({ id, label, href }) =>
        html`<li><a${attributes({ href, 'aria-current': id === page.section ? 'page' : undefined })}>${label}</a></li>`,
    );
  const groups = groupsFor(page.chrome).map(
    (group) =>
      html`<li class="admin-nav__group">${group.label && html`<p class="admin-nav__label">${group.label}</p>`}<ul>${links(group)}</ul></li>`,
  );
  return html`${head({ title: `${page.title} · ${SHOP} admin`, private: true, admin: true })}
<body class="admin">
<a class="skip" href="#content">Skip to content</a>
<header class="admin-bar">
  <a class="brand" href="/admin">${brandMark()}<span>${SHOP}</span></a>
  ${mayOpen(page.chrome, STORY) && findOrder()}
  <button class="button button--secondary admin-menu" type="button" popovertarget="admin-nav">Menu</button>
  <nav class="admin-nav" id="admin-nav" popover aria-label="Admin"><ul class="admin-nav__groups">${groups}</ul></nav>
  <div class="admin-user">
    <p class="admin-user__name"><a href="/account/security">${user?.email}</a></p>
    <a href="/">View shop</a>
    <form method="post" action="/sign-out">${csrfField(csrfToken)}<button class="link" type="submit">Sign out</button></form>
  </div>
</header>
<main class="admin-main" id="content" tabindex="-1">
${flash && flashMessage(flash)}
<div class="admin-head"><h1>${page.title}</h1>${page.actions && html`<div class="actions">${page.actions}</div>`}</div>
${page.content}
</main>
</body></html>`;
}

const STORY = '/admin/story';

function findOrder(): Html {
  return html`<form class="admin-find" action="${STORY}" role="search" aria-label="Story of an order">
    <label class="visually-hidden" for="story-q">Order number or id</label>
    <input class="input" id="story-q" type="search" name="q" placeholder="Find order" maxlength="200" required>
    <button class="button button--secondary" type="submit">${icon('search')}<span class="visually-hidden">Find the story</span></button>
  </form>`;
}

/** What a browser gets when a request fails. `chrome` is missing where it could not be found out. */
export function errorPage(page: {
  status: number;
  title: string;
  detail?: string | undefined;
  correlationId: string;
  chrome?: Chrome | undefined;
}): Html {
  return storefrontPage({
    title: page.title,
    private: true,
    chrome: page.chrome ?? { user: null, cartCount: 0, csrfToken: '' },
    content: html`<div class="narrow error-page">
      <p class="error-page__status">${page.status}</p>
      <h1>${page.title}</h1>
      ${page.detail && html`<p class="lead">${page.detail}</p>`}
      <div class="actions">${linkButton('Go to the shop', '/')}</div>
      <p class="muted">If you ask us about this, give this reference: <code>${page.correlationId}</code></p>
    </div>`,
  });
}

function head(page: {
  title: string;
  description?: string | undefined;
  canonical?: string | undefined;
  private?: boolean;
  admin?: boolean;
}): Html {
  return html`<!doctype html>
<html lang="en"><head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<meta name="color-scheme" content="light dark">
${page.description && html`<meta name="description" content="${page.description}">`}
${page.private && html`<meta name="robots" content="noindex">`}
${page.canonical && html`<link rel="canonical" href="${page.canonical}">`}
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/css/mainstay.css">
${page.admin && html`<link rel="stylesheet" href="/css/admin.css">`}
<script type="module" src="/js/mainstay.js"></script>
</head>`;
}

function storeHeader(chrome: Chrome, current: string | undefined): Html {
  const { user, cartCount, query, categories } = chrome;
  const account = user
    ? { label: 'Account', href: '/account' }
    : { label: 'Sign in', href: '/sign-in' };
  return html`<header class="site-header"><div class="wrap site-header__row">
  <a class="brand" href="/">${brandMark()}<span>${SHOP}</span></a>
  <form class="search" action="/search" role="search">
    <label class="visually-hidden" for="search">Search products</label>
    <input class="search__input" id="search" type="search" name="q" placeholder="Search" maxlength="200"${attributes({ value: query })}>
    <button class="search__button" type="submit">${icon('search')}<span class="visually-hidden">Search</span></button>
  </form>
  <ul class="site-links">
    ${user && user.role !== 'customer' && html`<li><a href="/admin">Admin</a></li>`}
    <li><a href="${account.href}">${icon('account')}<span class="site-links__text">${account.label}</span></a></li>
    <li><a href="/cart">${icon('cart')}<span class="site-links__text">Cart</span>${
      cartCount > 0 &&
      html` <span class="count">${cartCount}<span class="visually-hidden"> ${cartCount === 1 ? 'item' : 'items'}</span></span>`
    }</a></li>
  </ul>
</div>
${
  categories !== undefined &&
  categories.length > 0 &&
  html`<nav class="site-nav" aria-label="Categories"><ul class="wrap">${categories.map(
    ({ label, href }) =>
      html`<li><a${attributes({ href, 'aria-current': href === current ? 'page' : undefined })}>${label}</a></li>`,
  )}</ul></nav>`
}
</header>`;
}

function storeFooter(categories: readonly Link[] = []): Html {
  const links = [
    ...categories,
    { label: 'Your account', href: '/account' },
    { label: 'Your cart', href: '/cart' },
  ];
  return html`<footer class="site-footer"><div class="wrap">
  <div class="site-footer__about"><p class="site-footer__brand">${SHOP}</p>
  <p>Everyday things, made to stay. This is a demonstration shop: nothing ordered here is shipped.</p></div>
  <nav aria-label="Footer"><ul>${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul></nav>
</div></footer>`;
}
