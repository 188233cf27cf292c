import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseKinds } from './database.ts';
import type { Kind } from './kind.ts';
import { merchantKinds } from './merchant.ts';
import { networkKinds } from './network.ts';
import { processKinds } from './processes.ts';
import { lostWebhooks, stripeKinds } from './stripe.ts';
import { surroundingKinds } from './surroundings.ts';

/** Every kind of fault beside the deploy, which opens a run. */
export const kinds: readonly Kind[] = [
  ...processKinds,
  ...databaseKinds,
  ...networkKinds,
  ...stripeKinds,
  ...surroundingKinds,
  ...merchantKinds,
  {
    ...lostWebhooks,
    missing: existsSync(join(import.meta.dirname, '../../src/modules/reconciliation'))
      ? null
      : 'nothing asks Stripe yet what it told nobody',
  },
];
