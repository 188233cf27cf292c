import type { Db } from '../../database/database.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { tellFlag } from '../../telemetry/spans.ts';
import { declarationOf } from './declared.model.ts';
import { createExposureLog, startExposureWriter } from './exposures.service.ts';
import type { FlagReader } from './flag-reader.model.ts';
import { type HeldFlags, holdFlags } from './held-flags.service.ts';
import { type Evaluated, openFlags, PROVIDER_NAME } from './openfeature.gateway.ts';

export interface RunningFlags {
  readonly reader: FlagReader;
  readonly held: HeldFlags;
  stop(): Promise<void>;
}

/**
 * The flags of a process: held in memory, measured and traced, with the exposures of its experiments.
 * `onShopChanged` is called when a flag that kept answers may hang on has another value here.
 */
export async function startFlags(
  { db, logger, metrics }: { db: Db; logger: Logger; metrics: Metrics },
  onShopChanged: () => void,
): Promise<RunningFlags> {
  const held = holdFlags({ db, logger });
  await held.reload();
  held.follow({
    onChanged(keys) {
      if (keys.some((key) => declarationOf(key)?.scope === 'shop')) onShopChanged();
    },
  });
  metrics.watchFlags(held.ageSeconds);
  const exposures = createExposureLog({ metrics });
  const writer = startExposureWriter({ db, exposures, logger });

  function tell({ key, variant, reason, exposure }: Evaluated): void {
    metrics.flagEvaluations.inc({ flag: key, variant });
    tellFlag({ key, variant, reason }, PROVIDER_NAME);
    if (exposure) exposures.add({ ...exposure, flag: key, variant });
  }

  const { close, ...reader } = await openFlags({ held, logger }, tell);
  return {
    reader,
    held,
    async stop() {
      await close();
      await held.stop();
      await writer.stop();
    },
  };
}
