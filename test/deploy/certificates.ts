import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes an authority and a certificate of it for localhost: ca.pem, fullchain.pem and privkey.pem in the folder. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...key, '-days', '1', '-subj', '/CN=Authority of the tests'],
    ...['-keyout', 'ca-key.pem', '-out', 'ca.pem'],
  );
  openssl(
    ...['req', '-x509', ...key, '-days', '1', '-subj', '/CN=localhost'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca-key.pem'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-keyout', 'privkey.pem', '-out', join(folder, 'fullchain.pem')],
  );
}
