import type { FlagKey } from '../../src/modules/flags/declared.model.ts';
import type { Answer } from '../support/api.ts';
import type { TestShop } from '../support/shop.ts';

const SETTINGS = { enabled: true, rules: [], rollout: 10_000, experiment: false };

/** Sets a flag through the API as it is now, but for what is given. */
export async function setFlag(
  shop: TestShop,
  key: FlagKey,
  change: Record<string, unknown>,
): Promise<Answer> {
  const token = await shop.adminToken();
  const { body: now } = await shop.api('GET', `/api/flags/${key}`, { token });
  const { version, weights } = now;
  return shop.api('PUT', `/api/flags/${key}`, {
    token,
    body: { ...SETTINGS, weights, version, ...change },
  });
}

/** Switches a flag of the shop on or off. */
export const switchTo = (shop: TestShop, key: FlagKey, enabled: boolean) =>
  setFlag(shop, key, { enabled });

/** The value of a metric with these labels; 0 where it has none yet. */
export async function metric(url: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name}${labels} `));
  return Number(line?.split(' ')[1] ?? 0);
}
