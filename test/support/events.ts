import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Db } from '../../src/database/database.ts';
import { catalogue } from '../../src/events/catalogue.ts';

const ajv = new Ajv({ allErrors: true });
addFormats.default(ajv);
const validators = new Map(
  Object.entries(catalogue).map(([type, { data }]) => [type, ajv.compile(data)]),
);

/** Fails when a shop recorded an event that the catalogue does not describe. */
export async function checkRecordedEvents(db: Db): Promise<void> {
  const events = await db.selectFrom('outbox_events').select(['type', 'payload']).execute();
  for (const { type, payload } of events) {
    const validate = validators.get(type);
    if (!validate?.(payload))
      throw new Error(
        `an event ${type} is not as the catalogue says: ${ajv.errorsText(validate?.errors)}; ${JSON.stringify(payload)}`,
      );
  }
}
