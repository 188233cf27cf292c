import type { Rule } from '../src/database/pipeline/migration.ts';

/**
 * What the migrations do that landed before there were rules. Shops have run them, and what was released is never
 * changed, so they are as they are; none is ever added here.
 */
export const LANDED: Readonly<Record<string, readonly Rule[]>> = {
  '0001-identity': [],
  '0002-catalog': [],
  '0003-inventory': [],
  '0004-carts': [],
  '0005-orders': [],
  '0006-payments': [],
  '0007-event-streams': [
    'dropped',
    'index-blocks-writes',
    'not-null-under-lock',
    'rows-written',
    'work-under-lock',
  ],
  '0008-ledger': ['constraint-checked-under-lock', 'index-blocks-writes', 'work-under-lock'],
  '0009-webhook-endpoints': [],
  '0010-refund-sending': ['index-blocks-writes'],
  '0011-reconciliation': [],
  '0012-cart-orders': [],
  '0013-closed-webhook-events': [],
  '0014-events-by-type': ['index-blocks-writes'],
  '0015-event-traces': [],
  '0016-activity': ['index-blocks-writes'],
  '0017-staff-access': [],
  '0018-trail': [],
  '0019-factors': [],
  '0020-staff': ['constraint-checked-under-lock', 'index-blocks-writes'],
  '0021-privacy': ['index-blocks-writes'],
  '0022-one-subject': ['constraint-checked-under-lock', 'index-blocks-writes'],
  '0023-instance-timelines': [],
  '0024-instance-connections': ['constraint-checked-under-lock'],
  '0025-broker-events': [],
  '0026-events-by-stream': [],
  '0027-product-search': ['rows-written', 'work-under-lock'],
  '0028-product-facets': ['work-under-lock'],
  '0029-catalog-keys': ['rows-written'],
};
