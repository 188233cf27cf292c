import { sql } from 'kysely';
import { expect } from 'vitest';
import type { openConsole } from '../admin/support.ts';
import type { TestShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

interface ToldTrouble {
  readonly step: string;
  readonly severity: string;
  readonly what: string;
  readonly runbook: string;
  readonly href: string | null;
}

/** A customer's order, as they know it: by its number. */
export async function placedOrder(shop: TestShop) {
  const { variantId } = await shop.product({ price: 2000, stock: 50 });
  const customer = await shop.customer();
  const { body } = await shop.order(customer.token, variantId);
  const id = String(body.id);
  return {
    ...customer,
    variantId,
    orderId: id,
    number: Number(body.number),
    checkout: () =>
      shop.api('POST', '/api/checkout', { token: customer.token, body: { orderId: id } }),
  };
}

/** The story, as the API tells it to an administrator. */
export async function storyOf(shop: TestShop, query: string | number) {
  const { status, body } = await shop.api(
    'GET',
    `/api/admin/story?q=${encodeURIComponent(query)}`,
    { token: await shop.adminToken() },
  );
  expect(status).toBe(200);
  return body;
}

/** What is wrong with an order, once the story tells of a step; that is within a few seconds. */
export async function troubleOf(
  shop: TestShop,
  number: number,
  step: string,
): Promise<ToldTrouble> {
  let troubles: ToldTrouble[] = [];
  await until(
    async () => {
      troubles = (await storyOf(shop, number)).story.troubles;
      return troubles.some((trouble) => trouble.step === step);
    },
    { what: `a trouble with ${step}` },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; told: ${JSON.stringify(troubles)}`);
  });
  return troubles.find((trouble) => trouble.step === step) as ToldTrouble;
}

/** The same on the page that a person looks at; its links lead to a section that is there, and to a page. */
export async function isShown(
  browser: Awaited<ReturnType<typeof openConsole>>,
  number: number,
  { runbook, href }: ToldTrouble,
): Promise<void> {
  const { text, status } = await browser.open(`/admin/story?q=${number}`);
  expect(status).toBe(200);
  expect(text).toContain(`href="/admin/runbooks/${runbook}"`);
  const [, anchor] = runbook.split('#');
  const page = await browser.open(`/admin/runbooks/${runbook.split('#', 1)}`);
  expect(page.status).toBe(200);
  if (anchor !== undefined) expect(page.text).toContain(`id="${anchor}"`);
  if (href !== null) expect((await browser.open(href)).status).toBe(200);
}

/** Makes every insert into a table that fits a condition fail, until told to stop. */
export async function breakInserts(shop: TestShop, table: string, when: string) {
  await sql
    .raw(`
    CREATE FUNCTION break_insert() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'planted failure'; END $$;
    CREATE TRIGGER break_insert BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION break_insert()`)
    .execute(shop.db);
  return async () => {
    await sql
      .raw(`DROP TRIGGER break_insert ON ${table}; DROP FUNCTION break_insert`)
      .execute(shop.db);
  };
}
