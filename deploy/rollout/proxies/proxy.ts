import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ask } from '../ask.ts';
import type { Address, ProxyConfig } from '../config.ts';
import { Refused } from '../outcome.ts';
import { run } from '../run.ts';
import type { Colour } from '../state.ts';
import { writeWhole } from '../write-whole.ts';
import { caddyFile } from './caddy.ts';
import { nginxFile } from './nginx.ts';

/** Where requests go. */
export interface Traffic {
  /** What the proxy answers when it is asked by which of its files it goes. */
  readonly name: string;
  readonly to: Colour;
  /** Percent of the shoppers; with 100 nobody else is asked unless `spare`. */
  readonly share: number;
  /** Whether the other place runs too, and takes over what this one cannot serve. */
  readonly spare: boolean;
}

const KNOWN_WITHIN_MS = 30_000;
const files = { nginx: nginxFile, caddy: caddyFile };

export interface ReverseProxy {
  /** Has requests go there from now on, without breaking off any. @throws Refused, with the proxy's files as they were */
  send(traffic: Traffic): Promise<void>;
  /** Writes where requests go for a proxy that is still to be started. */
  prepare(traffic: Traffic): void;
}

export function proxyOf(
  { kind, file, check, reload, status }: ProxyConfig,
  addresses: Readonly<Record<Colour, Address>>,
): ReverseProxy {
  const write = (traffic: Traffic) => writeWhole(file, files[kind](traffic, addresses));

  async function goesBy(name: string): Promise<void> {
    const deadline = performance.now() + KNOWN_WITHIN_MS;
    for (;;) {
      const heard = await ask(status).catch((error: Error) => ({ body: error.message }));
      if (heard.body.trim() === name) return;
      if (performance.now() > deadline)
        throw new Refused(`the proxy was reloaded and still says “${heard.body.trim()}”`);
      await setTimeout(50);
    }
  }

  return {
    prepare: write,
    async send(traffic) {
      const before = readFileSync(file, 'utf8');
      write(traffic);
      try {
        await run(check);
      } catch (error) {
        writeWhole(file, before);
        throw error;
      }
      await run(reload);
      await goesBy(traffic.name);
    },
  };
}
