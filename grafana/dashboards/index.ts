import { business } from './business.ts';
import { database } from './database.ts';
import { node } from './node.ts';
import { objectives } from './objectives.ts';
import { order } from './order.ts';
import { overview } from './overview.ts';
import { pipes } from './pipes.ts';
import { services } from './services.ts';

/** Every dashboard, in the order of a look from above. */
export const dashboards = [overview, objectives, business, pipes, database, services, node, order];
