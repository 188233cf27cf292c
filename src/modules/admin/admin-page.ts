import type { Db } from '../../database/database.ts';
import type { Reply, Request } from '../../http/app-type.ts';
import { type Browser, type ChromeOf, sendPage } from '../../http/browser.ts';
import { refusal } from '../../http/form-errors.ts';
import type { FieldError } from '../../http/forms.views.ts';
import type { Html } from '../../http/html.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { CheckoutDeps } from '../payments/checkout.service.ts';
import type { EndpointPolicy } from '../webhooks/endpoints.service.ts';

/** What the pages of the admin console are given by the composition root. */
export interface AdminDeps extends Pick<CheckoutDeps, 'stripe' | 'publicUrl'> {
  readonly db: Db;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly browser: Browser;
  readonly chromeOf: ChromeOf;
  readonly endpointPolicy: EndpointPolicy;
  /** Where people look at traces; null: nowhere. */
  readonly tracesUrl: string | null;
}

/** Runs a form's work; what the administrator can mend is shown on the page again, with the refusal's status. */
export async function workOrShowAgain(
  request: Request,
  reply: Reply,
  work: () => Promise<Reply>,
  again: (errors: FieldError[]) => Promise<Html>,
): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    const errors = refusal(request, reply, error);
    return sendPage(reply, await again(errors), reply.statusCode);
  }
}
