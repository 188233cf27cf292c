import type { Static } from 'typebox';
import type { FlagBody, FlagSchema, SegmentBody } from './flags.schemas.ts';
import {
  type FlagsDeps,
  getFlag,
  type ListedFlag,
  listFlags,
  resetFlag,
  setFlag,
} from './flags.service.ts';
import { experimentResults } from './results.service.ts';
import { listSegments, removeSegment, setSegment } from './segments.service.ts';

/** Requests of programs about feature flags. */
export function flagsController(deps: FlagsDeps) {
  const { db } = deps;
  return {
    list: async () => ({ data: (await listFlags(db)).map(toWire) }),
    show: async (key: string) => toWire(await getFlag(db, key)),
    set: async (key: string, body: Static<typeof FlagBody>) =>
      toWire(await setFlag(deps, key, body)),
    results: async (key: string) => ({
      data: (await experimentResults(db, key)).map(({ startedAt, endedAt, variants, ...rest }) => ({
        ...rest,
        variants: [...variants],
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
      })),
    }),
    reset: (key: string, version: number) => resetFlag(deps, key, version),
    segments: async () => ({ data: (await listSegments(db)).map(copy) }),
    setSegment: async (key: string, body: Static<typeof SegmentBody>) =>
      copy(await setSegment(deps, { key, ...body })),
    removeSegment: (key: string, version: number) => removeSegment(deps, key, version),
  };
}

function toWire({ flag, declaration }: ListedFlag): Static<typeof FlagSchema> {
  const { salt: _salt, experimentId, changedAt, rules, ...settings } = flag;
  return {
    ...settings,
    rules: rules.map((rule) => ({ ...rule, when: rule.when.map(condition) })),
    description: declaration?.description ?? null,
    owner: declaration?.owner ?? null,
    scope: declaration?.scope ?? null,
    variants: Object.keys(declaration?.variants ?? {}),
    default: declaration?.default ?? null,
    off: declaration?.off ?? null,
    experiment: experimentId !== null,
    changedAt: changedAt?.toISOString() ?? null,
  };
}

const condition = (one: ListedFlag['flag']['rules'][number]['when'][number]) => ({
  ...one,
  values: [...one.values],
});

const copy = <T extends { customerIds: readonly string[]; emailDomains: readonly string[] }>(
  segment: T,
) => ({
  ...segment,
  customerIds: [...segment.customerIds],
  emailDomains: [...segment.emailDomains],
});
