import type { Permission } from '../shared/permissions.ts';
import { attributes, type HtmlValue, html } from './html.ts';

/** Whoever looks at a page. */
type Viewer = { readonly user: { readonly permissions: ReadonlySet<Permission> } | null };

/** The console's sections in groups, each with the permission that its pages need. */
const groups = [
  {
    label: null,
    sections: [{ id: 'dashboard', label: 'Dashboard', href: '/admin', needs: null }],
  },
  {
    label: 'Catalogue',
    sections: [
      { id: 'products', label: 'Products', href: '/admin/products', needs: 'catalog:read' },
      { id: 'stock', label: 'Stock', href: '/admin/stock', needs: 'stock:read' },
      { id: 'import', label: 'Import', href: '/admin/import', needs: 'catalog:write' },
    ],
  },
  {
    label: 'Sales',
    sections: [
      { id: 'orders', label: 'Orders', href: '/admin/orders', needs: 'orders:read' },
      { id: 'customers', label: 'Customers', href: '/admin/customers', needs: 'customers:read' },
      { id: 'tasks', label: 'Tasks', href: '/admin/tasks', needs: 'orders:read' },
      { id: 'ledger', label: 'Ledger', href: '/admin/ledger', needs: 'audit:read' },
    ],
  },
  {
    label: 'Connections',
    sections: [
      { id: 'endpoints', label: 'Webhooks', href: '/admin/endpoints', needs: 'settings:read' },
      { id: 'events', label: 'Events', href: '/admin/events', needs: 'settings:read' },
      { id: 'webhooks', label: 'Stripe events', href: '/admin/webhooks', needs: 'settings:read' },
      { id: 'flags', label: 'Flags', href: '/admin/flags', needs: 'settings:read' },
      { id: 'operations', label: 'Operations', href: '/admin/operations', needs: 'settings:read' },
    ],
  },
  {
    label: 'People',
    sections: [
      { id: 'staff', label: 'Staff', href: '/admin/staff', needs: 'staff:read' },
      { id: 'roles', label: 'Roles', href: '/admin/roles', needs: 'staff:read' },
      { id: 'keys', label: 'API keys', href: '/admin/keys', needs: 'staff:read' },
      { id: 'trail', label: 'Audit trail', href: '/admin/trail', needs: 'audit:read' },
    ],
  },
] as const;

export type Section = (typeof groups)[number]['sections'][number];

/** What pages need, by how their addresses begin; the story of an order is in no section. */
const needs: ReadonlyMap<string, Permission | null> = new Map([
  ...groups.flatMap(({ sections }) =>
    (sections as readonly Section[]).map((section) => [section.href, section.needs] as const),
  ),
  ['/admin/story', 'orders:read'],
]);

/** Whether whoever looks at a page has a permission. */
export function may({ user }: Viewer, permission: Permission): boolean {
  return user?.permissions.has(permission) ?? false;
}

/** Whether they may open what an address leads to; what is not a page of the console is everybody's. */
export function mayOpen(viewer: Viewer, href: string): boolean {
  const [section = ''] = /^\/admin\/[\w-]+/.exec(href) ?? [];
  const permission = needs.get(section);
  return !permission || may(viewer, permission);
}

/** A link for those who may open where it leads; for others its words alone. */
export function linkTo(
  viewer: Viewer,
  href: string,
  text: HtmlValue,
  options: { readonly class?: string } = {},
): HtmlValue {
  return mayOpen(viewer, href) ? html`<a${attributes({ ...options, href })}>${text}</a>` : text;
}

/** The groups with the sections that somebody may open. */
export function groupsFor(viewer: Viewer) {
  return groups
    .map(({ label, sections }) => ({
      label,
      sections: (sections as readonly Section[]).filter(
        ({ needs }) => needs === null || may(viewer, needs),
      ),
    }))
    .filter(({ sections }) => sections.length > 0);
}

/** The sections that somebody may open. */
export function sectionsFor(viewer: Viewer): Section[] {
  return groupsFor(viewer).flatMap(({ sections }) => sections);
}
