import type { App } from '../../http/app-type.ts';
import { NextQuery } from '../identity/identity.schemas.ts';
import { NewPasskeyForm, PasskeyForm, PasskeyParams } from './passkey.schemas.ts';
import { passkeyStepsController } from './passkey-steps.controller.ts';
import { type PasskeyPageDeps, passkeysController } from './passkeys.controller.ts';

const attachValidation = true;

/**
 * The pages of passkeys: somebody's own, and answers by one to sign in, as a second step, and as a proof. Addresses
 * that end in `options` tell the page's script what to ask an authenticator for.
 */
export function passkeyPages(app: App, deps: PasskeyPageDeps): void {
  const passkeys = passkeysController(deps);
  const own = { access: 'signed-in', enrols: true } as const;
  const proved = { ...own, stepUp: true, changesStanding: true } as const;
  app.get('/account/passkeys', { config: proved }, passkeys.show);
  app.post('/account/passkeys/options', { config: proved }, passkeys.askNew);
  app.post(
    '/account/passkeys',
    { config: proved, attachValidation, schema: { body: NewPasskeyForm } },
    (request, reply) => passkeys.add(request, reply, request.body),
  );
  app.post(
    '/account/passkeys/:id/remove',
    { config: proved, schema: { params: PasskeyParams } },
    (request, reply) => passkeys.remove(request, reply, request.params.id),
  );

  const anyone = { access: 'anyone' } as const;
  const answer = { attachValidation, schema: { querystring: NextQuery, body: PasskeyForm } };
  app.post('/sign-in/passkey/options', { config: anyone }, passkeys.askSignIn);
  app.post('/sign-in/passkey', { config: anyone, ...answer }, (request, reply) =>
    passkeys.signIn(request, reply, request.body, request.query.next),
  );

  const steps = passkeyStepsController(deps);
  app.post('/sign-in/second-step/passkey/options', { config: anyone }, steps.askSecondStep);
  app.post('/sign-in/second-step/passkey', { config: anyone, ...answer }, (request, reply) =>
    steps.secondStep(request, reply, request.body, request.query.next),
  );
  app.post('/confirm/passkey/options', { config: own }, steps.askConfirm);
  app.post('/confirm/passkey', { config: own, ...answer }, (request, reply) =>
    steps.confirm(request, reply, request.body, request.query.next),
  );
}
