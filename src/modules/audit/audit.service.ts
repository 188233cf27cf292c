import type { Db } from '../../database/database.ts';
import { auditMoney } from './audit-money.repository.ts';
import type { CheckResult } from './audit.model.ts';
import { eventChecks } from './event-checks.repository.ts';
