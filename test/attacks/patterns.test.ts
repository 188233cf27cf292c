import { expect, test } from 'vitest';
import { cleanDescription } from '../../src/modules/catalog/description.model.ts';
import { withRoutes } from '../support/routes.ts';
import { startShop } from '../support/shop.ts';
import { cpuOf, hardTexts, type Pattern, patternsOfSchemas, patternsOfSource } from './patterns.ts';

/** Expressions that may take the square of a text's length, each with what keeps that text short or ours. */
const BOUNDED: Readonly<Record<string, string>> = {
  'src/config.ts /\\/+$/': 'an address of the configuration',
  'src/config/vault.ts /\\/+$/': 'an address of the configuration',
  'src/config/reader.ts /^\\d*\\.?\\d+$/': 'a number of the configuration',
  'src/telemetry/tracing.ts /\\/+$/': 'an address of the configuration',
  'src/modules/admin/runbook.views.ts /(`[^`]+`|\\*\\*[^*]+\\*\\*|\\[[^\\]]+\\]\\([^)\\s]+\\))/':
    'our own runbooks',
  'src/modules/catalog/catalog.model.ts /^-+|[-\\p{Cs}]+$/gu': '120 characters, cut before',
  'src/modules/storefront/excerpt.model.ts /\\s+\\S*$/': '155 characters, cut before',
  'src/modules/story/story.model.ts /[^\\s@<>"\']+@[^\\s@<>"\']+/g': '960 characters, cut before',
  'src/shared/money.ts /0+$/': '40 digits at most, by the expression before it',
};

const texts = { short: hardTexts(26), long: hardTexts(4000) };
/** Reads each character once. */
const linear = /^[^\0]*$/u;

/** The text on which an expression takes a hundred times of what reading it takes; undefined where there is none. */
function slowOn({ regex }: Pattern): string | undefined {
  // What doubles with every character is seen on few of them.
  const takesLong = (text: string, times: number) => cpuOf(() => regex.test(text), times) > 0.1;
  const doubling = texts.short.find((text) => takesLong(text, 1) && takesLong(text, 3));
  if (doubling !== undefined) return doubling;
  return texts.long.find((text) => {
    const most = () => 0.002 + 100 * cpuOf(() => linear.test(text), 3);
    return cpuOf(() => regex.test(text)) > 0.002 && cpuOf(() => regex.test(text), 5) > most();
  });
}

function slow(patterns: readonly Pattern[]): string[] {
  return patterns.flatMap((pattern) => {
    const text = slowOn(pattern);
    return text === undefined ? [] : [`${pattern.where} on ${JSON.stringify(text.slice(0, 12))}…`];
  });
}

test.each([/^(a+)+$/, /^(a|a)*$/, /\s+$/, /^[^,]*[^,\s][^,]*$/, /a.*b.*c/])(
  'an expression that tries again and again is told from others: %s',
  (regex) => {
    expect(slow([{ where: 'x', regex }])).toHaveLength(1);
  },
);

test('no pattern of any route takes longer than its text is long', async () => {
  const { started, routes } = await withRoutes(() => startShop({}, { role: 'web' }));
  await started.stop();
  const patterns = patternsOfSchemas(routes.map(({ schema }) => schema));
  expect(patterns.length).toBeGreaterThan(10);
  expect(slow(patterns)).toEqual([]);
});

test('no regular expression of the source does, but for those whose text is short or ours', async () => {
  const patterns = await patternsOfSource();
  expect(patterns.length).toBeGreaterThan(100);
  const names = new Set(patterns.map(({ where }) => where));
  expect(Object.keys(BOUNDED).filter((name) => !names.has(name))).toEqual([]);
  expect(slow(patterns.filter(({ where }) => !(where in BOUNDED)))).toEqual([]);
});

test.each([
  ...[
    '<b>',
    '<',
    '<a href="',
    '<a title="x',
    '<b a',
    '</b>',
    '<p><b>',
    '<li>',
    '<li/>',
    '<x-',
    '"',
  ],
  ...['&', '&#', '&lt;', '<!--', '<!', '<?', '<![CDATA[', '<script>', '<style>', '<svg><b>', '\0'],
])('the sanitizer of descriptions takes no longer than four times for four times of %j', (part) => {
  const seconds = (length: number) =>
    cpuOf(() => cleanDescription(part.repeat(Math.ceil(length / part.length))), 3);
  const [once, fourfold] = [seconds(8000), seconds(32_000)];
  // Twice more, for what a busy machine adds.
  expect(fourfold).toBeLessThan(8 * Math.max(once, 0.005));
});
