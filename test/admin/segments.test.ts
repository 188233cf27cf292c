import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { errorLinks, hidden, openConsole, typedIn } from './support.ts';

const PATH = '/admin/flags/segments';

describe('the form of a segment that is refused', () => {
  let shop: TestShop;
  let browser: Awaited<ReturnType<typeof openConsole>>;
  beforeAll(async () => {
    shop = await startShop();
    browser = await openConsole(shop);
  });
  afterAll(() => shop.stop());

  test('keeps the name and the members that were typed for a new one', async () => {
    await browser.open('/admin/flags');
    const form = { version: '0', key: 'Testers!', members: 'example.com\nexample.org' };
    const { status, text } = await browser.submit(PATH, form);
    expect([status, errorLinks(text)]).toEqual([400, ['key']]);
    expect(typedIn(text, 'key')).toBe('Testers!');
    expect(membersIn(text, 'field-members')).toBe('example.com\nexample.org');
  });

  test('keeps the members that were typed for one that is there, in its own form', async () => {
    await browser.open('/admin/flags');
    await browser.submit(PATH, { version: '0', key: 'friends', members: 'example.com' });
    const version = hidden((await browser.open('/admin/flags')).text, 'version');
    const members = 'example.com\nexample.net\nno domain';
    const { status, text } = await browser.submit(PATH, { version, key: 'friends', members });
    expect([status, errorLinks(text)]).toEqual([400, ['members-friends']]);
    expect(membersIn(text, 'field-members-friends')).toBe(members);
    expect(membersIn(text, 'field-members')).toBe('');
    expect(text).toMatch(/<details open>\s*<summary><strong>friends/);
    const mended = await browser.submit(PATH, { version, key: 'friends', members: 'a.test' });
    expect(mended.status).toBe(303);
  });

  /** What stands in the text area of an id. */
  function membersIn(page: string, id: string): string | undefined {
    return new RegExp(`<textarea[^>]* id="${id}"[^>]*>\\n([^<]*)</textarea>`).exec(page)?.[1];
  }
});
