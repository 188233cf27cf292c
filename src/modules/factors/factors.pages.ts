import type { App } from '../../http/app-type.ts';
import { NextQuery } from '../identity/identity.schemas.ts';
import { factorsController, type SecurityPageDeps } from './factors.controller.ts';
import { CodeForm, ConfirmForm } from './factors.schemas.ts';
import { stepsController } from './steps.controller.ts';

const attachValidation = true;

/** The pages of what stands beside a password: second steps of signing in, and setting them up. */
export function factorPages(app: App, deps: SecurityPageDeps): void {
  const factors = factorsController(deps);
  const own = { access: 'signed-in', enrols: true } as const;
  const proved = { ...own, stepUp: true, changesStanding: true } as const;

  app.get('/account/security', { config: own }, factors.show);
  app.get('/account/two-step', { config: proved }, factors.showTwoStep);
  app.post('/account/two-step/begin', { config: proved }, factors.begin);
  app.post(
    '/account/two-step/confirm',
    { config: proved, attachValidation, schema: { body: CodeForm } },
    (request, reply) => factors.confirm(request, reply, request.body.code),
  );
  app.post('/account/two-step/off', { config: proved }, factors.turnOff);
  app.post('/account/two-step/recovery-codes', { config: proved }, factors.renewCodes);

  const steps = stepsController(deps);
  app.get(
    '/sign-in/second-step',
    { config: { access: 'anyone' }, schema: { querystring: NextQuery } },
    (request, reply) => steps.showSecondStep(request, reply, request.query.next),
  );
  app.post(
    '/sign-in/second-step',
    {
      config: { access: 'anyone' },
      attachValidation,
      schema: { querystring: NextQuery, body: CodeForm },
    },
    (request, reply) => steps.secondStep(request, reply, request.body.code, request.query.next),
  );
  app.get('/confirm', { config: own, schema: { querystring: NextQuery } }, (request, reply) =>
    steps.showConfirm(request, reply, request.query.next),
  );
  app.post(
    '/confirm',
    { config: own, attachValidation, schema: { querystring: NextQuery, body: ConfirmForm } },
    (request, reply) => steps.confirm(request, reply, request.body, request.query.next),
  );
}
