import type { App } from '../../http/app-type.ts';
import { type PrivacyDeps, privacyController } from './privacy.controller.ts';

/** What the shop knows of a customer, for them to take along or to have erased. */
export function privacyPages(app: App, deps: PrivacyDeps): void {
  const controller = privacyController(deps);
  app.get('/account/data', { config: { access: 'signed-in' } }, controller.showData);
  app.get('/account/erase', { config: { access: 'signed-in' } }, controller.showErase);
  app.post('/account/data', { config: { access: 'signed-in', stepUp: true } }, controller.export);
  app.post(
    '/account/erase',
    { config: { access: 'signed-in', changesStanding: true, stepUp: true } },
    controller.erase,
  );
}
