import { type Html, html, trustedHtml } from './html.ts';

const paths = {
  search: '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
  cart: '<path d="M5 8h14l-1 12H6L5 8Z"/><path d="M9 10.5V7a3 3 0 0 1 6 0v3.5"/>',
  account: '<circle cx="12" cy="8.5" r="3.75"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>',
  check: '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
  alert: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.2v.1"/>',
  info: '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.8v.1"/>',
  next: '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
  lock: '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>',
} as const;

export type IconName = keyof typeof paths;

/** A 24-unit line icon in the colour of the text around it; always decorative, so its meaning must be written too. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">${trustedHtml(paths[name])}</svg>`;
}

/** The mast and its stays: the mark before the name. */
export function brandMark(): Html {
  return html`<svg class="brand__mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><path d="M16 3v26M16 5 4.5 26.5M16 5l11.5 21.5M3 26.5c4.3 3.3 8.7 3.3 13 0 4.3 3.3 8.7 3.3 13 0"/></svg>`;
}
