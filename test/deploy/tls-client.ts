import { once } from 'node:events';
import { connect as connectH2 } from 'node:http2';
import { type RequestOptions, request } from 'node:https';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';

export interface TlsSite {
  readonly port: number;
  readonly ca: string;
}

/** A handshake that offers one version alone. @throws what the server said against it */
export async function shakeHands(
  { port, ca }: TlsSite,
  version: SecureVersion,
  protocols: string[] = [],
): Promise<{ protocol: string | null; alpn: string | false | null }> {
  const socket: TLSSocket = connect({
    ...{ port, ca, host: '127.0.0.1', servername: 'localhost' },
    ...{ minVersion: version, maxVersion: version, ALPNProtocols: protocols },
    // Or it would be our own side that refuses old versions.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  try {
    await once(socket, 'secureConnect');
    return { protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
  } finally {
    socket.destroy();
  }
}

/** One request over TLS, on a connection of its own, with every header as often as it came. */
export async function askOverTls(
  { port, ca }: TlsSite,
  path: string,
  { body, ...options }: RequestOptions & { body?: string | Buffer } = {},
) {
  const asked = request({
    ...{ port, ca, path, host: '127.0.0.1', servername: 'localhost', agent: false },
    ...options,
    headers: { host: 'localhost', ...options.headers },
  });
  // Who refuses a body may close before it has come.
  asked.on('error', () => undefined);
  asked.end(body);
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = await answer.toArray();
  const times = (name: string): string[] => answer.headersDistinct[name] ?? [];
  return {
    status: Number(answer.statusCode),
    type: String(answer.headers['content-type']),
    text: Buffer.concat(chunks).toString(),
    times,
    header: (name: string) => times(name).join(),
  };
}

/** One request over HTTP/2. */
export async function askOverH2({ port, ca }: TlsSite, path: string) {
  const session = connectH2(`https://localhost:${port}`, { ca });
  try {
    const stream = session.request({ ':path': path });
    const [headers] = await once(stream, 'response');
    stream.resume();
    await once(stream, 'end');
    return { status: Number(headers[':status']), protocol: session.alpnProtocol };
  } finally {
    session.close();
  }
}
