import type { Address } from '../config.ts';
import { type Colour, other } from '../state.ts';
import type { Traffic } from './proxy.ts';

/** The file of deploy/nginx/release.d: two upstreams, and which of them a shopper meets. */
export function nginxFile(
  { name, to, share, spare }: Traffic,
  addresses: Readonly<Record<Colour, Address>>,
): string {
  const places: Colour[] = spare ? [to, other(to)] : [to];
  const upstreams = places.map((colour) => {
    // Of a place that does not answer the other one takes what did not reach it.
    const backup = spare ? `\n  server ${addresses[other(colour)].upstream} backup;` : '';
    return `upstream ${colour} {
  zone ${colour} 128k;
  server ${addresses[colour].upstream};${backup}
  keepalive 32;
  keepalive_timeout 60s;
}
`;
  });
  return `# Written by npm run rollout (docs/rollout.md); what is changed here is lost.
${upstreams.join('')}# A browser is known by the cookie that the shop gives every visitor, a program by its address, so that nobody is sent
# to and fro between two releases. Who is among the first 5 percent is among the first 25 too.
map $http_cookie $shopper {
  default $remote_addr;
  "~(?:^|; ?)(?:__Host-)?mainstay_visitor=(?<visitor>[\\w-]{43})(?:;|$)" $visitor;
}
${release({ to, share })}
map "" $rollout {
  default "${name}";
}
`;
}

function release({ to, share }: Pick<Traffic, 'to' | 'share'>): string {
  if (share === 100) return `map "" $release {\n  default ${to};\n}`;
  return `split_clients $shopper $release {\n  ${share}% ${to};\n  * ${other(to)};\n}`;
}
