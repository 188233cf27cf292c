import { isDeepStrictEqual } from 'node:util';
import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { changedMeanwhile, invalid, notFound } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { restartDeliveries } from './deliver.repository.ts';
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  listEndpoints as findEndpoints,
  insertEndpoint,
  lockEndpoint,
  replaceSecret,
  updateEndpoint,
} from './endpoints.repository.ts';
import { type EndpointInput, newSecret, seenOf, type WebhookEndpoint } from './webhooks.model.ts';

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
  return inTransaction(db, async (tx) => {
    const endpoint = await insertEndpoint(tx, { ...accepted, id: newId(), secret });
    await note(tx, { act: 'endpoint.created', subject: endpoint.id, detail: {} });
    return { ...endpoint, secret };
  });
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

/** What becomes of an endpoint: what is left out stays. */
type EndpointChange = Pick<EndpointInput, 'url'> &
  Partial<EndpointInput> & { enabled?: boolean; seen?: string };

/**
 * Changes an endpoint, and where said whether it is enabled. `seen` is `seenOf` it as whoever asks saw it; left out:
 * they change it whatever it is.
 * @throws ShopError not_found, validation_failed; conflict where somebody else changed it since it was seen.
 */
export async function changeEndpoint(
  db: Db,
  policy: EndpointPolicy,
  id: string,
  { enabled, seen, ...input }: EndpointChange,
): Promise<WebhookEndpoint> {
  const given = acceptable(input, policy);
  return inTransaction(db, async (tx) => {
    const before = await lockEndpoint(tx, id);
    if (before === null) throw notFound('The endpoint');
    const { description, eventTypes } = before;
    const accepted = { description, eventTypes, ...given };
    const fields = (['url', 'description', 'eventTypes'] as const).filter(
      (name) => !isDeepStrictEqual(before[name], accepted[name]),
    );
    // What is as it is asked to be, it was asked for twice.
    if (seen !== undefined && seen !== seenOf(before) && fields.length > 0)
      throw changedMeanwhile();
    await updateEndpoint(tx, id, accepted);
    if (enabled !== undefined) await enable(tx, id, enabled);
    if (fields.length > 0)
      await note(tx, { act: 'endpoint.changed', subject: id, detail: { fields } });
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
  return inTransaction(db, async (tx) => {
    if (!(await replaceSecret(tx, id, secret))) throw notFound('The endpoint');
    const endpoint = await getEndpoint(tx, id);
    await note(tx, { act: 'endpoint.secret_replaced', subject: id, detail: {} });
    return { ...endpoint, secret };
  });
}

/** Deletes an endpoint with its log. @throws ShopError not_found. */
export async function removeEndpoint(db: Db, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await deleteEndpoint(tx, id))) throw notFound('The endpoint');
    await note(tx, { act: 'endpoint.deleted', subject: id, detail: {} });
  });
}

async function enable(tx: Tx, id: string, enabled: boolean): Promise<void> {
  const turned = enabled
    ? await enableEndpoint(tx, id)
    : await disableEndpoint(tx, id, { reason: BY_HAND });
  if (!turned) return;
  if (enabled) await restartDeliveries(tx, id, 'pending');
  const act = enabled ? 'endpoint.enabled' : 'endpoint.disabled';
  await note(tx, { act, subject: id, detail: {} });
}

/** The input with its address as it is called. What a name resolves to is judged whenever it is called. */
function acceptable<T extends Pick<EndpointInput, 'url'>>(
  input: T,
  { insecure }: EndpointPolicy,
): T {
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
