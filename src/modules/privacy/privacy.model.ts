import type { Generated } from 'kysely';

export interface PrivacyTables {
  erasures: {
    user_id: string;
    requested_at: Generated<Date>;
    finished_at: Generated<Date | null>;
  };
}
