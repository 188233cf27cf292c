import type { Static } from 'typebox';
import type { Db } from '../../database/database.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { listDeliveries, replayDelivery } from './deliveries.service.ts';
import {
  changeEndpoint,
  createEndpoint,
  type EndpointPolicy,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
} from './endpoints.service.ts';
import type {
  ChangeEndpoint,
  CreateEndpoint,
  ListDeliveriesQuery,
  ListEndpointsQuery,
} from './webhooks.schemas.ts';

export interface WebhookDeps {
  readonly db: Db;
  readonly endpointPolicy: EndpointPolicy;
}

export function webhooksController({ db, endpointPolicy }: WebhookDeps) {
  return {
    list: ({ limit = DEFAULT_LIMIT, cursor }: Static<typeof ListEndpointsQuery>) =>
      listEndpoints(db, { limit, cursor }),

    create: ({ url, description = '', eventTypes = null }: CreateEndpoint) =>
      createEndpoint(db, endpointPolicy, { url, description, eventTypes }),

    show: (id: string) => getEndpoint(db, id),

    change: (id: string, body: ChangeEndpoint) => changeEndpoint(db, endpointPolicy, id, body),

    remove: (id: string) => removeEndpoint(db, id),

    rotate: (id: string) => rotateSecret(db, id),

    deliveries: (
      id: string,
      { limit = DEFAULT_LIMIT, cursor, state }: Static<typeof ListDeliveriesQuery>,
    ) => listDeliveries(db, id, { state }, { limit, cursor }),

    replay: (id: string, deliveryId: string) => replayDelivery(db, id, deliveryId),
  };
}
