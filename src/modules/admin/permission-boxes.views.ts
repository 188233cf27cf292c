import { may } from '../../http/console.views.ts';
import { checkbox } from '../../http/forms.views.ts';
import { type Html, html } from '../../http/html.ts';
import type { Chrome } from '../../http/layout.views.ts';
import { areas, type Permission } from '../../shared/permissions.ts';

/** What people in each area see and do. */
const areaWords: Readonly<Record<(typeof areas)[number], string>> = {
  catalog: 'Products, prices, import and export',
  stock: 'Units on hand and their movements',
  orders: 'Orders, payments and what is left to do about them',
  refunds: 'Money that goes back',
  customers: 'Who buys here',
  settings: 'Webhooks, events and operations',
  staff: 'Who works here, roles and API keys',
  audit: 'Ledger and audit trail',
};

/** Tick boxes for what whoever looks may give, and for what is ticked already. */
export function permissionBoxes(
  chrome: Chrome,
  options: {
    readonly name: string;
    readonly ticked: readonly Permission[];
    readonly never?: Permission;
  },
): Html {
  const { name, ticked, never } = options;
  const box = (permission: Permission, label: string) =>
    permission !== never &&
    (may(chrome, permission) || ticked.includes(permission)) &&
    checkbox({ name, value: permission, label, checked: ticked.includes(permission) });
  return html`${areas.map((area) => {
    const boxes = [box(`${area}:read`, 'See'), box(`${area}:write`, 'Change')].filter(Boolean);
    if (boxes.length === 0) return false;
    return html`<fieldset class="permission"><legend><strong>${capital(area)}</strong> <span class="muted">${areaWords[area]}</span></legend>
    <div class="checks">${boxes}</div></fieldset>`;
  })}`;
}

/** Permissions in words: `Change orders, see stock`. */
export function permissionWords(given: readonly Permission[]): string {
  const parts = areas.flatMap((area) => {
    if (given.includes(`${area}:write`)) return [`change ${area}`];
    return given.includes(`${area}:read`) ? [`see ${area}`] : [];
  });
  return parts.length === 0 ? 'Nothing' : capital(parts.join(', '));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
