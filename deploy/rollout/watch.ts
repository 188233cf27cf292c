import { readFileSync } from 'node:fs';
import { ask } from './ask.ts';
import { unready } from './checks.ts';
import type { Config } from './config.ts';
import { readSample, type Sample } from './metrics.ts';
import type { Colour } from './state.ts';

/** What a place looks like at a moment. */
export type Look =
  | { readonly sample: Sample; readonly trouble: null }
  | { readonly sample: null; readonly trouble: string };

/** Looks at a place: whether it is ready, and what it counted. */
export async function look(
  { addresses, metricsToken }: Pick<Config, 'addresses' | 'metricsToken'>,
  colour: Colour,
): Promise<Look> {
  const { url, metrics = url } = addresses[colour];
  const trouble = await unready(url);
  if (trouble !== null) return { sample: null, trouble };
  const headers =
    metricsToken === undefined
      ? {}
      : { authorization: `Bearer ${readFileSync(metricsToken, 'utf8').trim()}` };
  return ask(`${metrics}/metrics`, { headers }).then(
    ({ status, body }) =>
      status === 200
        ? { sample: readSample(body), trouble: null }
        : { sample: null, trouble: `/metrics says ${status}` },
    (error: Error) => ({ sample: null, trouble: `/metrics does not answer (${error.message})` }),
  );
}
