import {
  type Context,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type Span,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

/** Traces under way that are kept in mind; beyond them only sampled ones are exported. */
const MOST_TRACES = 2_000;
/** Spans of one trace that are kept in mind until it ends. */
const MOST_SPANS = 500;

interface Waiting {
  /** The spans that began parts of the trace here and have not ended: a job may begin before its request ends. */
  readonly roots: Set<string>;
  readonly spans: ReadableSpan[];
  /** Whether any span failed, or a part took long. */
  remarkable: boolean;
}

/**
 * Passes on the traces that the sampler chose, and of the others those in which something failed or took long:
 * their spans wait here until all parts of the trace that are under way in this process have ended.
 */
export class TailSampling implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #slowMs: number;
  readonly #waiting = new Map<string, Waiting>();

  constructor(next: SpanProcessor, { slowMs }: { slowMs: number }) {
    this.#next = next;
    this.#slowMs = slowMs;
  }

  onStart(span: Span, parent: Context): void {
    this.#next.onStart(span, parent);
    const { traceId, spanId, traceFlags } = span.spanContext();
    const local = span.parentSpanContext !== undefined && !span.parentSpanContext.isRemote;
    if (local || traceFlags & TraceFlags.SAMPLED) return;
    const known = this.#waiting.get(traceId);
    if (known) known.roots.add(spanId);
    else if (this.#waiting.size < MOST_TRACES)
      this.#waiting.set(traceId, { roots: new Set([spanId]), spans: [], remarkable: false });
  }

  onEnd(span: ReadableSpan): void {
    forgetQuery(span);
    const { traceId, spanId, traceFlags } = span.spanContext();
    if (traceFlags & TraceFlags.SAMPLED) {
      this.#next.onEnd(span);
      return;
    }
    const trace = this.#waiting.get(traceId);
    if (!trace) return;
    if (trace.spans.length < MOST_SPANS) trace.spans.push(span);
    const isSlow =
      trace.roots.delete(spanId) && hrTimeToMilliseconds(span.duration) >= this.#slowMs;
    trace.remarkable ||= isSlow || span.status.code === SpanStatusCode.ERROR;
    if (trace.roots.size > 0) return;
    this.#waiting.delete(traceId);
    if (!trace.remarkable) return;
    for (const kept of trace.spans) this.#next.onEnd(asSampled(kept));
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#waiting.clear();
    return this.#next.shutdown();
  }
}

/** Has spans recorded that the sampler did not choose, for TailSampling. */
export function recordingAll(sampler: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
      return result.decision === SamplingDecision.NOT_RECORD
        ? { ...result, decision: SamplingDecision.RECORD }
        : result;
    },
    toString: () => `all beside ${sampler}`,
  };
}

/** The query of an address that is called may hold somebody's token: it stays here. */
function forgetQuery({ kind, attributes }: ReadableSpan): void {
  const url = attributes['url.full'];
  if (kind === SpanKind.CLIENT && typeof url === 'string')
    attributes['url.full'] = url.split('?', 1)[0];
}

/** The same span, chosen after all. */
function asSampled(span: ReadableSpan): ReadableSpan {
  const spanContext: SpanContext = {
    ...span.spanContext(),
    traceFlags: span.spanContext().traceFlags | TraceFlags.SAMPLED,
  };
  return Object.create(span, { spanContext: { value: () => spanContext } }) as ReadableSpan;
}
