import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { accountController } from './account.controller.ts';
import type { StorefrontDeps } from './storefront-deps.ts';

const Paging = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 512 })) });

/** A customer's account. */
export function accountPages(app: App, deps: StorefrontDeps): void {
  const controller = accountController(deps);

  app.get(
    '/account',
    { config: { access: 'signed-in' }, schema: { querystring: Paging } },
    (request, reply) => controller.show(request, reply, request.query.cursor),
  );
}
