import { describe, expect, it, test } from 'vitest';
import {
  CONFIRMED_SECONDS,
  IDLE_LIFETIME,
  LIFETIME,
  NEW_PASSWORD_HINT,
  NEW_PASSWORD_MESSAGE,
  nameOr,
  normaliseEmail,
  PASSWORD_LENGTH,
} from '../../src/modules/identity/identity.model.ts';
import { securityNotices } from '../../src/modules/identity/security-notices.model.ts';

describe('an account', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    [' ada@example.com\n', 'ada@example.com'],
    ['ada@example.com', 'ada@example.com'],
  ])('of %j is the one of %j', (typed, email) => {
    expect(normaliseEmail(typed)).toBe(email);
  });

  test.each([
    ['Ada', 'Ada'],
    [' Ada Lovelace ', 'Ada Lovelace'],
    ['', 'ada.l'],
    ['   ', 'ada.l'],
    [undefined, 'ada.l'],
  ])('whose owner gives the name %j is called %j', (given, name) => {
    expect(nameOr(given, 'ada.l@example.com')).toBe(name);
  });
});

describe('how long it lasts', () => {
  const HOUR = 3600;
  test.each([
    ['a browser’s session', LIFETIME.browser, 30 * 24 * HOUR],
    ['an API session', LIFETIME.api, 90 * 24 * HOUR],
    ['a refresh token', LIFETIME.refreshToken, 14 * 24 * HOUR],
    ['a link that resets a password', LIFETIME.passwordReset, HOUR],
    ['the time for the second step', LIFETIME.secondStep, HOUR / 6],
    ['a proof of who one is', CONFIRMED_SECONDS, HOUR / 6],
    ['an unused session of a customer', IDLE_LIFETIME.customer, 14 * 24 * HOUR],
    ['an unused session of staff: a night', IDLE_LIFETIME.staff, 12 * HOUR],
  ])('%s', (_what, seconds, expected) => {
    expect(seconds).toBe(expected);
  });
});

describe('a new password', () => {
  it('has 8 to 200 characters, and who chooses one is told so', () => {
    expect(PASSWORD_LENGTH).toEqual({ minimum: 8, maximum: 200 });
    expect(NEW_PASSWORD_HINT).toContain('At least 8 characters');
    expect(NEW_PASSWORD_MESSAGE).toContain('8 to 200 characters');
  });
});

describe('a notice of security', () => {
  it('has a subject and news of its own, whatever happened', () => {
    const words = Object.values(securityNotices).flatMap(({ subject, news }) => [subject, news]);
    for (const text of words) expect(text.length).toBeGreaterThan(10);
    expect(new Set(words).size).toBe(words.length);
  });
});
