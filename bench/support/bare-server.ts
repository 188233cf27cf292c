import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The floor of what answers requests: node:http alone, the same bytes each time. Says its port when it listens. */
const [path = '', contentType = ''] = process.argv.slice(2);
const body = readFileSync(path);
const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', body.length);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
