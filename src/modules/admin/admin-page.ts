import type { Db } from '../../database/database.ts';
import type { Reads } from '../../database/replicas/reads.ts';
import type { PageDeps } from '../../http/browser.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { FlagsDeps } from '../flags/flags.service.ts';
import type { CheckoutDeps } from '../payments/checkout.service.ts';
import type { EndpointPolicy } from '../webhooks/endpoints.service.ts';

/** What the pages of the admin console are given by the composition root. */
export interface AdminDeps extends Pick<CheckoutDeps, 'stripe' | 'publicUrl'>, PageDeps {
  readonly db: Db;
  readonly reads: Reads;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly flags: FlagsDeps['held'];
  readonly endpointPolicy: EndpointPolicy;
  /** Where people look at traces; null: nowhere. */
  readonly tracesUrl: string | null;
}
