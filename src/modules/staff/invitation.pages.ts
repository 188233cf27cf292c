import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { CsrfField } from '../../http/schemas.ts';
import { MAX_NAME_LENGTH, PASSWORD_LENGTH } from '../identity/identity.model.ts';
import { type InvitationPageDeps, invitationController } from './invitation.controller.ts';

const Token = Type.String({ minLength: 1, maxLength: 200 });
const AcceptForm = Type.Object({
  ...CsrfField,
  token: Token,
  name: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
  password: Type.String({ minLength: PASSWORD_LENGTH.minimum, maxLength: PASSWORD_LENGTH.maximum }),
});
const JoinQuery = Type.Object({ token: Token });
const TokenQuery = Type.Object({ token: Type.Optional(Token) });

/** Where a mailed invitation leads: a new account, or a customer's that joins. */
export function invitationPages(app: App, deps: InvitationPageDeps): void {
  const invitation = invitationController(deps);
  app.get(
    '/invitation',
    { config: { access: 'anyone' }, schema: { querystring: TokenQuery } },
    (request, reply) => invitation.show(request, reply, request.query.token),
  );
  app.post(
    '/invitation',
    {
      config: { access: 'anyone', changesStanding: true },
      attachValidation: true,
      schema: { body: AcceptForm },
    },
    (request, reply) => invitation.accept(request, reply, request.body),
  );
  app.post(
    '/invitation/join',
    {
      config: { access: 'signed-in', changesStanding: true, stepUp: true },
      schema: { querystring: JoinQuery },
    },
    (request, reply) => invitation.join(request, reply, request.query.token),
  );
}
