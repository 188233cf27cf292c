import type { Config } from '../config.ts';
import type { LiveSecrets } from './live-secrets.ts';

/** What stands in where the configuration names nothing: development's own services. */
export interface Fallbacks {
  readonly databaseUrl: string;
  readonly stripeKey: string;
  /** null: where the configuration says. */
  readonly stripeBase: string | null;
}

const NONE: Fallbacks = { databaseUrl: '', stripeKey: '', stripeBase: null };

/** The secrets by which services are reached, each as it is at the moment of its reading. */
export function liveServices(live: LiveSecrets, from: string, fallbacks = NONE) {
  const now = (): Config => live.now();
  return {
    databaseUrl: () => now().database.url ?? fallbacks.databaseUrl,
    ...(now().database.directUrl !== null && {
      directDatabaseUrl: () => now().database.directUrl ?? '',
    }),
    /** Of the standbys, by their place in the list. */
    replicaUrl: (index: number) => now().database.replicaUrls[index],
    /** A refused password may be one that was changed a moment ago. */
    onDatabaseRefused: () => void live.refresh(),
    eventBroker: () => now().eventBroker,
    stripe: {
      get secretKey() {
        return now().stripe.secretKey ?? fallbacks.stripeKey;
      },
      get webhookSecrets() {
        return now().stripe.webhookSecrets;
      },
      apiBase: fallbacks.stripeBase ?? now().stripe.apiBase,
    },
    smtp: {
      from,
      get url() {
        return now().smtpUrl ?? '';
      },
    },
  };
}
