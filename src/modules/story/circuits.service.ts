import type { Metrics } from '../../telemetry/metrics.ts';
import type { OpenCircuits } from './story.model.ts';

const OPEN = 2;

/** The services that this process does not call for the moment, by name. */
export async function openCircuits({
  dependencyCircuit,
}: Pick<Metrics, 'dependencyCircuit'>): Promise<OpenCircuits> {
  const { values } = await dependencyCircuit.get();
  return values
    .filter(({ value }) => value === OPEN)
    .map(({ labels }) => String(labels.dependency));
}
