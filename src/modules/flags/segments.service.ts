import { changesFlags } from '../../database/changes.ts';
import { type Db, inTransaction } from '../../database/database.ts';
import { changedMeanwhile, notFound } from '../../shared/errors.ts';
import { note } from '../../trail/trail.ts';
import type { Segment } from './flags.model.ts';
import { deleteSegment, findSegments, writeSegment } from './flags.repository.ts';
import type { FlagsDeps } from './flags.service.ts';

/** Every segment, by key. */
export function listSegments(db: Db): Promise<Segment[]> {
  return findSegments(db);
}

/** One segment. @throws ShopError not_found. */
export async function getSegment(db: Db, key: string): Promise<Segment> {
  const segment = (await findSegments(db)).find((one) => one.key === key);
  if (!segment) throw notFound('The segment');
  return segment;
}

/**
 * Makes a segment (version 0) or changes it as it was seen.
 * @throws ShopError conflict where somebody else changed it meanwhile.
 */
export async function setSegment(
  { db, held }: FlagsDeps,
  { key, customerIds, emailDomains, version }: Segment,
): Promise<Segment> {
  const segment = {
    key,
    version,
    customerIds: [...new Set(customerIds.map((id) => id.toLowerCase()))],
    emailDomains: [...new Set(emailDomains.map((domain) => domain.toLowerCase()))],
  };
  await inTransaction(db, async (tx) => {
    if (!(await writeSegment(tx, segment))) throw changedMeanwhile();
    changesFlags(tx);
    const detail = { customers: segment.customerIds.length, domains: segment.emailDomains.length };
    await note(tx, { act: 'segment.changed', subject: key, detail });
  });
  await held.reload();
  return getSegment(db, key);
}

/**
 * Deletes a segment: nobody is in it from then on.
 * @throws ShopError not_found; conflict where somebody else changed it meanwhile.
 */
export async function removeSegment(
  { db, held }: FlagsDeps,
  key: string,
  version: number,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await getSegment(tx, key);
    if (!(await deleteSegment(tx, key, version))) throw changedMeanwhile();
    changesFlags(tx);
    await note(tx, { act: 'segment.deleted', subject: key, detail: {} });
  });
  await held.reload();
}
