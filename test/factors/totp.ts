import { createHmac } from 'node:crypto';

const PERIOD_MS = 30_000;

/** The code of an authenticator app that has the key: RFC 6238 by hand, some steps from now. */
export function codeOf(base32: string, stepsFromNow = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / PERIOD_MS) + stepsFromNow));
  const mac = createHmac('sha1', fromBase32(base32)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  const number = mac.readUInt32BE(at) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of text.replace(/\s/g, ''))
    bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The key that a page shows for typing. */
export function keyOn(page: string): string {
  return /<code class="secret">([^<]+)</.exec(page)?.[1]?.replace(/\s/g, '') ?? '';
}

/** The recovery codes that a page shows. */
export function recoveryCodesOn(page: string): string[] {
  return [...page.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code]) => String(code));
}
