import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stop, textOf } from './vault.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** AWS Secrets Manager as far as GetSecretValue goes; a request is served when its Signature Version 4 is right. */
export async function startSecretsManager(credentials: {
  id: string;
  secret: string;
  region: string;
}) {
  const secrets = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const [status, answer] = serve(request, body);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  });

  function serve(request: IncomingMessage, body: string): [number, unknown] {
    if (!isSigned(request, body))
      return [400, { __type: 'InvalidSignatureException', message: 'not signed by its holder' }];
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
      return [400, { __type: 'InvalidRequestException' }];
    const { SecretId: id } = JSON.parse(body);
    const SecretString = secrets.get(id);
    if (SecretString === undefined) return [400, { __type: 'ResourceNotFoundException' }];
    return [200, { ARN: `arn:aws:secretsmanager:x:1:secret:${id}`, Name: id, SecretString }];
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
  function isSigned(request: IncomingMessage, body: string): boolean {
    const { id, secret, region } = credentials;
    const header = request.headers.authorization ?? '';
    const found =
      /^AWS4-HMAC-SHA256 Credential=(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)$/.exec(header);
    const [, credential = '', names = '', signature = ''] = found ?? [];
    const time = String(request.headers['x-amz-date']);
    const scope = `${time.slice(0, 8)}/${region}/secretsmanager/aws4_request`;
    if (credential !== `${id}/${scope}` || !names.split(';').includes('host')) return false;
    const headers = names
      .split(';')
      .map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
    const canonical = ['POST', '/', '', headers.join(''), names, sha256(body)].join('\n');
    const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
    const parts = [time.slice(0, 8), region, 'secretsmanager', 'aws4_request'];
    const key = parts.reduce<Buffer | string>((made, part) => hmac(made, part), `AWS4${secret}`);
    const expected = hmac(key, text).toString('hex');
    return (
      signature.length === 64 && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, secrets, stop: () => stop(server) };
}
