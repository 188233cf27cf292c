import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { invalid, notFound } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { restartDeliveries } from './deliver.repository.ts';
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  listEndpoints as findEndpoints,
  insertEndpoint,
  replaceSecret,
  updateEndpoint,
} from './endpoints.repository.ts';
import { type EndpointInput, newSecret, type WebhookEndpoint } from './webhooks.model.ts';

/** Whether endpoints may be spoken to without TLS: in development. */
export interface EndpointPolicy {
  readonly insecure: boolean;
}

/** An endpoint with the secret that is told this once. */
export type EndpointWithSecret = WebhookEndpoint & { readonly secret: string };

const BY_HAND = 'Disabled by an administrator.';

/** Makes an endpoint. @throws ShopError validation_failed (`url`). */
export async function createEndpoint(
  db: Db,
  policy: EndpointPolicy,
  input: EndpointInput,
): Promise<EndpointWithSecret> {
  const secret = newSecret();
  const accepted = acceptable(input, policy);
  return { ...(await insertEndpoint(db, { ...accepted, id: newId(), secret })), secret };
}

/** One endpoint. @throws ShopError not_found. */
export async function getEndpoint(db: Db, id: string): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(db, id);
  if (!endpoint) throw notFound('The endpoint');
  return endpoint;
}

/** A page of endpoints, newest first. */
export function listEndpoints(db: Db, page: PageRequest): Promise<Page<WebhookEndpoint>> {
  return findEndpoints(db, page);
}

/** Changes an endpoint, and where said whether it is enabled. @throws ShopError not_found, validation_failed. */
export async function changeEndpoint(
  db: Db,
  policy: EndpointPolicy,
  id: string,
  { enabled, ...input }: EndpointInput & { enabled?: boolean | undefined },
): Promise<WebhookEndpoint> {
  const accepted = acceptable(input, policy);
  return inTransaction(db, async (tx) => {
    if (!(await updateEndpoint(tx, id, accepted))) throw notFound('The endpoint');
    if (enabled !== undefined) await enable(tx, id, enabled);
    return getEndpoint(tx, id);
  });
}

/**
 * Enables an endpoint, so that what waits for it is sent now, or disables it, so that it waits. Asking for what is
 * so already changes nothing. @throws ShopError not_found.
 */
export function switchEndpoint(db: Db, id: string, enabled: boolean): Promise<WebhookEndpoint> {
  return inTransaction(db, async (tx) => {
    await enable(tx, id, enabled);
    return getEndpoint(tx, id);
  });
}

/** Gives an endpoint a new secret, told this once; the old one signs beside it for a day. @throws ShopError not_found. */
export async function rotateSecret(db: Db, id: string): Promise<EndpointWithSecret> {
  const secret = newSecret();
  if (!(await replaceSecret(db, id, secret))) throw notFound('The endpoint');
  return { ...(await getEndpoint(db, id)), secret };
}

/** Deletes an endpoint with its log. @throws ShopError not_found. */
export async function removeEndpoint(db: Db, id: string): Promise<void> {
  if (!(await deleteEndpoint(db, id))) throw notFound('The endpoint');
}

async function enable(tx: Tx, id: string, enabled: boolean): Promise<void> {
  if (!enabled) await disableEndpoint(tx, id, { reason: BY_HAND });
  else if (await enableEndpoint(tx, id)) await restartDeliveries(tx, id, 'pending');
}

/** The input with its address as it is called. What a name resolves to is judged whenever it is called. */
function acceptable(input: EndpointInput, { insecure }: EndpointPolicy): EndpointInput {
  const url = URL.canParse(input.url) ? new URL(input.url) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    throw invalid('url', 'Give the whole address, beginning with https://.');
  if (url.protocol === 'http:' && !insecure)
    throw invalid('url', 'The address must begin with https://.');
  if (url.username !== '' || url.password !== '')
    throw invalid('url', 'The address must not carry a user name or password.');
  if (url.href.length > 2048) throw invalid('url', 'The address is too long.');
  url.hash = '';
  return { ...input, url: url.href };
}
