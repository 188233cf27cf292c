import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The floor of what answers requests: node:http alone, with the same bytes each time, headers and body. Says its port
 * when it listens.
 */
const [bodyPath = '', headersPath = ''] = process.argv.slice(2);
const body = readFileSync(bodyPath);
const headers: string[] = JSON.parse(readFileSync(headersPath, 'utf8'));
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
