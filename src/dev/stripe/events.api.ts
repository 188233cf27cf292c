import type { Api } from './api.ts';
import { found } from './api-error.ts';
import type { StandInContext } from './context.ts';
import type { StandInEvent } from './events.ts';
import { listPage } from './list.ts';

const PATH = '/v1/events';

/** Events: retrieve and list, with the number of webhooks still to be delivered. */
export function eventsApi(api: Api, context: StandInContext): void {
  const events = () => context.store.table('events');

  api.read(`${PATH}/:id`, ({ id }) => withPending(context, found(events().get(id), 'event', id)));
  api.read(PATH, ({ params }) => {
    const type = params.text('type');
    const types = params.texts('types');
    const wanted = [...events().values()].filter((event) => {
      if (types.length > 0) return types.includes(event.type);
      return type === null || matches(event.type, type);
    });
    return listPage(
      PATH,
      wanted.map((event) => withPending(context, event)),
      params,
    );
  });
}

/** An event as it is now. */
export function withPending({ store }: StandInContext, event: StandInEvent): StandInEvent {
  return { ...event, pending_webhooks: store.table('deliveries').has(event.id) ? 1 : 0 };
}

// `charge.*` names every type that begins with `charge.`.
function matches(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
