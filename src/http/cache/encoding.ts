import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Negotiator } from '@fastify/accept-negotiator';
import { LRUCache } from 'lru-cache';
import { type Answer, type Form, toForm } from './answer-cache.ts';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Less than this is not worth it; as for what is compressed on its way. */
const WORTH_BYTES = 1024;
/** Of the gain of 11, most; of its time, a hundredth. */
const BROTLI_QUALITY = 5;

export type Encoding = 'br' | 'gzip' | 'identity';

/** Which encoding a client is answered in, by its Accept-Encoding header. */
export function encodings(): (accepted: string | undefined) => Encoding {
  // Browsers send a handful of headers, but anybody may send any.
  const cache = new LRUCache<string, string>({ max: 500 });
  const negotiator = new Negotiator<Encoding>({
    supportedValues: ['br', 'gzip', 'identity'],
    cache: {
      get: (key) => cache.get(key),
      has: (key) => cache.has(key),
      set(key, value) {
        cache.set(key, value);
        return this;
      },
    },
  });
  return (accepted) =>
    accepted === undefined ? 'identity' : (negotiator.negotiate(accepted) ?? 'identity');
}

/** An answer's form in an encoding where it was made already. */
export function knownForm({ plain, encoded }: Answer, encoding: Encoding): Form | undefined {
  return encoding === 'identity' || plain.body.length < WORTH_BYTES ? plain : encoded.get(encoding);
}

/** An answer's form in an encoding, made at the first time it is asked for. */
export async function formOf(answer: Answer, encoding: Encoding): Promise<Form> {
  const known = knownForm(answer, encoding);
  if (known) return known;
  const { body } = answer.plain;
  const form = toForm(
    encoding === 'br'
      ? await brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : await zip(body),
  );
  answer.encoded.set(encoding, form);
  return form;
}
