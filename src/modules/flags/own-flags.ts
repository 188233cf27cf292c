import type { Reply, Request } from '../../http/app-type.ts';
import type { Browser } from '../../http/browser.ts';
import type { FlagReader, OwnFlags } from './flag-reader.model.ts';

/** The flags of whoever asks for a page. They get a cookie only for a flag that tells them from others. */
export function ownFlags(
  reader: FlagReader,
  browser: Pick<Browser, 'participant'>,
): (request: Request, reply: Reply) => OwnFlags {
  return (request, reply) => {
    const { principal } = request;
    const person = {
      customerId: principal?.userId ?? null,
      role: principal?.role ?? null,
      email: principal?.email ?? null,
      country: null,
    };
    return {
      get: (key) =>
        reader.ofVisitor(key, {
          ...person,
          targetingKey: reader.tellsApart(key) ? browser.participant(request, reply) : undefined,
        }),
    };
  };
}
