import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { changesCatalogue, changesFlags } from '../../database/changes.ts';
import { type Db, inTransaction, type Tx } from '../../database/database.ts';
import { changedMeanwhile, notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { note } from '../../trail/trail.ts';
import { declarationOf, type FlagDeclaration, flagKeys } from './declared.model.ts';
import { type Flag, servedVariants, unsetFlag } from './flags.model.ts';
import {
  deleteFlag,
  endExperiment,
  findFlag,
  findFlags,
  insertExperiment,
  writeFlag,
} from './flags.repository.ts';
import type { HeldFlags } from './held-flags.service.ts';
import { acceptable, type FlagInput } from './settings.model.ts';
import { type FlagFinding, findingsOf } from './stale.model.ts';

export interface FlagsDeps {
  readonly db: Db;
  readonly held: Pick<HeldFlags, 'reload'>;
}

/** A flag with what the code says of it; null for one that it no longer knows. */
export interface ListedFlag {
  readonly flag: Flag;
  readonly declaration: FlagDeclaration | null;
}

/** What should be tidied up among the flags. */
export async function tidyUp(db: Db, now = new Date()): Promise<FlagFinding[]> {
  return (await listFlags(db)).flatMap(({ flag }) => findingsOf(flag, now) ?? []);
}

/** Every flag: those of the code, and after them those that only the database knows. */
export async function listFlags(db: Db): Promise<ListedFlag[]> {
  const set = new Map((await findFlags(db)).map((flag) => [flag.key, flag]));
  const left = [...set.keys()].filter((key) => declarationOf(key) === undefined);
  return [...flagKeys, ...left].map((key) => listed(key, set.get(key) ?? null));
}

/** One flag. @throws ShopError not_found for one that neither code nor database knows. */
export async function getFlag(db: Db, key: string): Promise<ListedFlag> {
  const flag = await findFlag(db, key);
  if (flag === null && declarationOf(key) === undefined) throw notFound('The flag');
  return listed(key, flag);
}

/**
 * Sets a flag, as it was seen with `version` (0: never set), for every process of the shop. Switching it off ends its
 * experiment.
 * @throws ShopError not_found, validation_failed; conflict where somebody else changed it meanwhile, or for new parts
 * while an experiment runs.
 */
export async function setFlag(
  { db, held }: FlagsDeps,
  key: string,
  { version, ...given }: FlagInput & { readonly version: number },
): Promise<ListedFlag> {
  const declaration = declarationOf(key);
  if (declaration === undefined) throw notFound('The flag');
  const { experiment, ...settings } = acceptable(declaration, given);
  await inTransaction(db, async (tx) => {
    const before = (await findFlag(tx, key)) ?? unsetFlag(key, declaration);
    const fields = changedFields(before, { ...settings, experiment });
    if (fields.length === 0 && version === before.version) return;
    const running = before.experimentId;
    if (running && experiment && !isDeepStrictEqual(before.weights, settings.weights))
      throw new ShopError(
        'conflict',
        'New parts would mix up the experiment that runs: end it first.',
      );
    if (!(await writeFlag(tx, key, version, { ...settings, salt: before.salt || randomUUID() })))
      throw changedMeanwhile();
    if (running && !experiment) await endExperiment(tx, running);
    if (!running && experiment)
      await insertExperiment(tx, { id: newId(), key, weights: settings.weights });
    told(tx, declaration);
    await note(tx, {
      act: 'flag.changed',
      subject: key,
      detail: {
        fields,
        enabled: settings.enabled,
        rollout: settings.rollout,
        variants: servedVariants(settings.weights),
      },
    });
  });
  // Before the answer leaves, as whoever changed it looks next.
  await held.reload();
  return getFlag(db, key);
}

/** The kill switch: on or off, and all else as it is. @throws ShopError as setFlag. */
export async function switchFlag(
  deps: FlagsDeps,
  key: string,
  { enabled, version }: { readonly enabled: boolean; readonly version: number },
): Promise<ListedFlag> {
  const { flag } = await getFlag(deps.db, key);
  const { rules, rollout, weights, experimentId } = flag;
  const experiment = enabled && experimentId !== null;
  return setFlag(deps, key, { version, enabled, rules, rollout, weights, experiment });
}

/**
 * Forgets how a flag was set, with its experiments: it is as declared from then on.
 * @throws ShopError not_found; conflict where somebody else changed it meanwhile.
 */
export async function resetFlag(
  { db, held }: FlagsDeps,
  key: string,
  version: number,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    if ((await findFlag(tx, key)) === null) throw notFound('The flag');
    if (!(await deleteFlag(tx, key, version))) throw changedMeanwhile();
    told(tx, declarationOf(key));
    await note(tx, { act: 'flag.reset', subject: key, detail: {} });
  });
  await held.reload();
}

/** Has every process read flags anew, and let go of answers that hang on them. */
function told(tx: Tx, declaration: FlagDeclaration | undefined): void {
  changesFlags(tx);
  if (declaration?.scope === 'shop') changesCatalogue(tx);
}

function listed(key: string, flag: Flag | null): ListedFlag {
  const declaration = declarationOf(key) ?? null;
  if (flag !== null) return { flag, declaration };
  if (declaration === null) throw notFound('The flag');
  return { flag: unsetFlag(key, declaration), declaration };
}

function changedFields(before: Flag, { experiment, ...after }: FlagInput): string[] {
  const settings = (['enabled', 'rules', 'rollout', 'weights'] as const).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
  return experiment === (before.experimentId !== null) ? settings : [...settings, 'experiment'];
}
