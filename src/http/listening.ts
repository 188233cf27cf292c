import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where a process is to listen, and the variable that says so. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly variable: 'PORT' | 'METRICS_PORT';
}

/** What is wrong with the places that a process is to listen at, before anything is begun for it. */
export async function listeningProblems(places: readonly Place[]): Promise<string[]> {
  const found = await Promise.all(places.map(problemOf));
  return [...new Set(found.filter((problem) => problem !== null))];
}

async function problemOf(place: Place): Promise<string | null> {
  const server = createServer().listen(place.port, place.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    return inWords(error as NodeJS.ErrnoException, place);
  }
  server.close();
  await once(server, 'close');
  return null;
}

function inWords({ code, message }: NodeJS.ErrnoException, { host, port, variable }: Place) {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is no address: "${host}" does not resolve (${code}); a plain name or number is needed, as 0.0.0.0`;
    case 'EADDRNOTAVAIL':
      return `HOST is no address of this machine: ${host}`;
    case 'EADDRINUSE':
      return `${variable} ${port} is in use: stop what listens there, such as another Mainstay, or choose another`;
    case 'EACCES':
      return `${variable} ${port} may not be listened on by this account: choose one from 1024 on`;
    default:
      return `${variable} ${port} on ${host} cannot be listened on: ${message}`;
  }
}
