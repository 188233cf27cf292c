import type { Alert } from '../rules.ts';

const RUNBOOK = 'machine.md';
const DISK = 'fstype!~"tmpfs|ramfs|overlay|squashfs"';
const left = `node_filesystem_avail_bytes{${DISK}} / node_filesystem_size_bytes{${DISK}}`;

const disk = (series: string) =>
  `node_filesystem_${series}_bytes{instance="db:9100",mountpoint="/",fstype="ext4"}`;

/** Disks as node_exporter sees them and certificates as blackbox_exporter does, where they are scraped. */
export const machineAlerts: readonly Alert[] = [
  {
    name: 'CertificateEnds',
    severity: 'ticket',
    area: 'machine',
    expr: '(probe_ssl_earliest_cert_expiry - time()) / 86400 < 14',
    for: '1h',
    summary: 'A certificate ends soon',
    description:
      'The certificate of {{ $labels.instance }} ends in {{ printf "%.1f" $value }} days.',
    runbook: `${RUNBOOK}#a-certificate-ends`,
    fires: [
      {
        // Ends ten days and two hours after the beginning.
        given: { 'probe_ssl_earliest_cert_expiry{instance="https://shop.test"}': '871200x180' },
        at: '2h',
        labels: { instance: 'https://shop.test' },
        description: 'The certificate of https://shop.test ends in 10.0 days.',
      },
    ],
    silent: [
      {
        given: { 'probe_ssl_earliest_cert_expiry{instance="https://shop.test"}': '2592000x180' },
        at: '2h',
      },
    ],
  },
  {
    name: 'DiskAlmostFull',
    severity: 'page',
    area: 'machine',
    expr: `${left} < 0.1`,
    for: '5m',
    summary: 'A disk is almost full',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} on {{ $labels.instance }} is left.',
    runbook: `${RUNBOOK}#a-disk-fills`,
    fires: [
      {
        given: { [disk('avail')]: '8x15', [disk('size')]: '100x15' },
        at: '10m',
        labels: { instance: 'db:9100', mountpoint: '/', fstype: 'ext4' },
        description: '8% of / on db:9100 is left.',
      },
    ],
    silent: [{ given: { [disk('avail')]: '11x15', [disk('size')]: '100x15' }, at: '10m' }],
  },
  {
    name: 'DiskFillsSoon',
    severity: 'page',
    area: 'machine',
    expr: `${left} < 0.5\nand\npredict_linear(node_filesystem_avail_bytes{${DISK}}[1h], 4 * 3600) < 0`,
    for: '15m',
    summary: 'A disk will be full within four hours',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} on {{ $labels.instance }} is left, and gone in less than 4 h at the pace of the last hour.',
    runbook: `${RUNBOOK}#a-disk-fills`,
    fires: [
      {
        // A third of a percent a minute: 60 % are gone in 180 minutes.
        given: { [disk('avail')]: '6000-33x120', [disk('size')]: '10000x120' },
        at: '100m',
        labels: { instance: 'db:9100', mountpoint: '/', fstype: 'ext4' },
        description:
          '27% of / on db:9100 is left, and gone in less than 4 h at the pace of the last hour.',
      },
    ],
    silent: [
      { given: { [disk('avail')]: '4900-5x120', [disk('size')]: '10000x120' }, at: '100m' },
      // A nightly copy takes much at once, of a disk that has much.
      { given: { [disk('avail')]: '9800-30x120', [disk('size')]: '10000x120' }, at: '115m' },
    ],
  },
];
