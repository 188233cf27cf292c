import { Registry } from 'prom-client';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The metrics as text, in the format that the scraper prefers: exemplars are only in OpenMetrics. One at a time, since
 * prom-client keeps the format, and with it the counters' names, in the registry itself.
 */
export function createExposition(registry: Registry): (accept: string) => Promise<Exposition> {
  let last: Promise<unknown> = Promise.resolve();

  async function write(accept: string): Promise<Exposition> {
    const open = accept.includes('application/openmetrics-text');
    setFormat(
      registry,
      open ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
    );
    for (const metric of registry.getMetricsAsArray() as unknown as {
      name: string;
      type: string;
    }[])
      if (metric.type === 'counter') metric.name = counterName(metric.name, open);
    return { body: await registry.metrics(), contentType: registry.contentType };
  }

  return (accept) => {
    const text = last.then(() => write(accept));
    last = text.catch(() => {});
    return text;
  };
}

/** Has the registry speak a format; its own type knows one for ever. */
export function setFormat(registry: Registry, contentType: string): void {
  (registry as unknown as { setContentType(type: string): void }).setContentType(contentType);
}

/** OpenMetrics names the family of a counter without the suffix of its samples. */
function counterName(name: string, open: boolean): string {
  const family = name.replace(/_total$/, '');
  return open ? family : `${family}_total`;
}
