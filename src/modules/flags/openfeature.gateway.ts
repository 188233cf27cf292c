import {
  type FlagValue as AnyFlagValue,
  type Client,
  ErrorCode,
  type EvaluationContext,
  type Hook,
  InMemoryProvider,
  NOOP_PROVIDER,
  OpenFeature,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { newId } from '../../shared/ids.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { declarationOf, declaredFlags, type FlagKey, type FlagValue } from './declared.model.ts';
import { evaluate, type FlagVisitor } from './evaluate.model.ts';
import type { FlagReader } from './flag-reader.model.ts';
import { servedVariants, WHOLE } from './flags.model.ts';
import type { HeldFlags } from './held-flags.service.ts';

export const PROVIDER_NAME = 'mainstay';

/** What became of an evaluation. */
export interface Evaluated {
  readonly key: FlagKey;
  readonly variant: string;
  readonly reason: string;
  /** An exposure to an experiment; null: none. */
  readonly exposure: { readonly experimentId: string; readonly visitorId: string } | null;
}

type Evaluations = (evaluated: Evaluated) => void;

/**
 * The flags of one shop behind OpenFeature: a provider over what is held in memory, bound to a domain of its own, as
 * several shops may run in a process. `onEvaluated` hears of every evaluation.
 */
export async function openFlags(
  { held, logger }: { held: HeldFlags; logger: Logger },
  onEvaluated: Evaluations,
): Promise<FlagReader & { readonly client: Client; close(): Promise<void> }> {
  const domain = newId();
  await OpenFeature.setProviderAndWait(domain, heldProvider(held));
  const client = OpenFeature.getClient(domain);
  client.setLogger(quiet(logger));
  client.addHooks(tellingHook(onEvaluated));

  async function read<K extends FlagKey>(key: K, visitor: FlagVisitor): Promise<FlagValue<K>> {
    const { variants, default: name } = declaredFlags[key];
    const fallback = (variants as Record<string, boolean | string>)[name];
    const value =
      typeof fallback === 'boolean'
        ? await client.getBooleanValue(key, fallback, contextOf(visitor))
        : await client.getStringValue(key, fallback ?? '', contextOf(visitor));
    return value as FlagValue<K>;
  }

  return {
    client,
    ofShop: (key) => read(key, NOBODY),
    ofVisitor: read,
    tellsApart(key) {
      const flag = held.now().flags.get(key);
      if (!flag?.enabled) return false;
      if (flag.rules.some(({ share }) => share < WHOLE)) return true;
      const several = servedVariants(flag.weights).length > 1;
      return flag.rollout > 0 && (several || flag.rollout < WHOLE);
    },
    async close() {
      // Twice, as it keeps the provider before the current one for ever.
      await OpenFeature.setProviderAndWait(domain, new InMemoryProvider());
      await OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER);
    },
  };
}

const NOBODY: FlagVisitor = { customerId: null, role: null, email: null, country: null };

function heldProvider(held: HeldFlags): Provider {
  const events = new OpenFeatureEventEmitter();
  let wasStale = false;
  held.follow({
    onChanged: (keys) =>
      events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...keys] }),
    onRead: (stale) => {
      if (stale !== wasStale) events.emit(stale ? ProviderEvents.Stale : ProviderEvents.Ready);
      wasStale = stale;
    },
  });

  async function resolve<T extends AnyFlagValue>(
    key: string,
    byDefault: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    const declaration = declarationOf(key);
    if (declaration === undefined)
      return { value: byDefault, errorCode: ErrorCode.FLAG_NOT_FOUND, reason: 'ERROR' };
    const { flags, segments } = held.now();
    const visitor = visitorOf(context);
    const { variant, reason, experimentId } = evaluate(
      declaration,
      flags.get(key),
      segments,
      visitor,
    );
    const value = declaration.variants[variant];
    if (typeof value !== typeof byDefault)
      return { value: byDefault, errorCode: ErrorCode.TYPE_MISMATCH, reason: 'ERROR' };
    return {
      value: value as T,
      variant,
      reason,
      ...(experimentId !== null && { flagMetadata: { experimentId } }),
    };
  }

  return {
    metadata: { name: PROVIDER_NAME },
    runsOn: 'server',
    events,
    resolveBooleanEvaluation: resolve,
    resolveStringEvaluation: resolve,
    resolveNumberEvaluation: resolve,
    resolveObjectEvaluation: resolve,
  };
}

/** Tells of evaluations. Who works in the shop is no subject of its experiments. */
function tellingHook(onEvaluated: Evaluations): Hook {
  return {
    after({ flagKey, context }, { variant = '', reason = '', flagMetadata }) {
      const { experimentId } = flagMetadata;
      const { targetingKey, role } = context;
      const counts =
        typeof experimentId === 'string' &&
        targetingKey !== undefined &&
        (role === undefined || role === 'customer');
      onEvaluated({
        key: flagKey as FlagKey,
        variant,
        reason,
        exposure: counts ? { experimentId, visitorId: targetingKey } : null,
      });
    },
  };
}

function contextOf({ targetingKey, customerId, role, email, country }: FlagVisitor) {
  return {
    ...(targetingKey !== undefined && { targetingKey }),
    ...(customerId !== null && { customerId }),
    ...(role !== null && { role }),
    ...(email !== null && { email }),
    ...(country !== null && { country }),
  };
}

function visitorOf(context: EvaluationContext): FlagVisitor {
  const text = (name: string) => {
    const value = context[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    targetingKey: context.targetingKey,
    customerId: text('customerId'),
    role: text('role'),
    email: text('email'),
    country: text('country'),
  };
}

function quiet(logger: Logger) {
  const told =
    (level: 'debug' | 'warn') =>
    (...words: unknown[]) =>
      logger[level]({ words: words.map(String) }, 'OpenFeature');
  return { error: told('warn'), warn: told('warn'), info: told('debug'), debug: told('debug') };
}
