import { describe, expect, it, test } from 'vitest';
import { deviceOf } from '../../src/modules/identity/device.model.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';

describe('a device', () => {
  // What browsers send today; each says the names of those before it, too.
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15',
      'Firefox on iPad',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/141.0.0.0 Mobile/15E148 Safari/604.1',
      'Edge on iPhone',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
      'Edge on Windows',
    ],
    [
      `Mozilla/5.0 (Linux; Android 16) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36 EdgA/141.0.0.0`,
      'Edge on Android',
    ],
    [`${MAC} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 OPR/122.0.0.0`, 'Opera on macOS'],
    [
      `Mozilla/5.0 (Linux; Android 16) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet on Android',
    ],
    [
      `Mozilla/5.0 (Linux; Android 16) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
      'Chrome on ChromeOS',
    ],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36`,
      'Chrome on Linux',
    ],
    [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chromium/141.0.0.0`, 'Chrome on Linux'],
    [
      `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      'Safari on macOS',
    ],
    ['Mozilla/5.0 (Macintosh; PPC) Firefox/140.0', 'Firefox on macOS'],
    ['Mozilla/5.0 (Plan 9) Firefox/140.0', 'Firefox'],
  ])('that says %s is %s', (userAgent, device) => {
    expect(deviceOf(userAgent)).toBe(device);
  });

  test.each([
    ['curl/8.5.0', 'curl'],
    ['python-requests/2.32.0 (Linux)', 'python-requests'],
    ['a.b_c-1/2', 'a.b_c-1'],
    [`${'a'.repeat(40)}/1`, 'a'.repeat(40)],
  ])('that is a program says its own name: %s is %s', (userAgent, device) => {
    expect(deviceOf(userAgent)).toBe(device);
  });

  it('that says nothing usable is unknown: its words come from whoever sent them', () => {
    const others = [
      '<script>alert(1)</script>',
      'curl',
      '/1',
      `${'a'.repeat(41)}/1`,
      ' curl/8',
      '',
      null,
    ];
    for (const userAgent of others) expect(deviceOf(userAgent)).toBe('Unknown device');
  });

  it('whose name only begins or ends like a browser’s is none', () => {
    for (const userAgent of [
      'x NotEdge/1',
      'x Firefoxes/1',
      'x MyOPR/1',
      'x NoSafari/1',
      'x Chromes/1',
    ])
      expect(deviceOf(userAgent)).toBe('Unknown device');
  });
});
