import type { Config } from '../config.ts';

/** What the terminal says once after a start: what was started, and where to click. */
export function welcome(
  { publicUrl, dataDir, reservationTtlSeconds }: Config,
  started: {
    admin: { email: string; password: string } | null;
    standInUrl: string | null;
    embedded: boolean;
    mailbox: boolean;
  },
): string {
  const rows: [string, string][] = [
    ['Shop', publicUrl],
    [
      'Admin console',
      `${publicUrl}/admin${started.admin ? `   ${started.admin.email} / ${started.admin.password}` : ''}`,
    ],
    ['API documentation', `${publicUrl}/api-docs`],
    ...(started.mailbox ? ([['Mailbox', `${publicUrl}/dev/mailbox`]] as [string, string][]) : []),
    ...(started.standInUrl
      ? ([
          [
            'Payments',
            `local stand-in for Stripe at ${started.standInUrl}; pay with 4242 4242 4242 4242`,
          ],
        ] as [string, string][])
      : []),
    ['Data', `${dataDir}${started.embedded ? ' (embedded PostgreSQL)' : ''}`],
    ['Reservations', `unpaid orders hold their stock for ${reservationTtlSeconds} s`],
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(18)} ${value}`);
  return `\nMainstay is open.\n\n${lines.join('\n')}\n\n  Ctrl-C stops it; everything is kept. The log follows.\n\n`;
}
