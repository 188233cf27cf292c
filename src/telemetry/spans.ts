import {
  type Attributes,
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { correlationId } from './context.ts';
import { kindOfFailure } from './failure-kind.ts';

/** Every span of the shop's own, by name. */
export type SpanName =
  | 'place orders'
  | 'reserve stock'
  | 'settle payment'
  | 'advance order'
  | 'request refund'
  | 'send refund'
  | 'relay events'
  | `job ${string}`
  | `process ${string}`;

/** What spans say about the work, by the names of the shop: ids and counts, never a person or a secret. */
export interface SpanAttributes {
  readonly 'mainstay.order.id'?: string;
  readonly 'mainstay.refund.id'?: string;
  readonly 'mainstay.event.id'?: string;
  readonly 'mainstay.batch.size'?: number;
  readonly 'mainstay.correlation.id'?: string;
}

const tracer = trace.getTracer('mainstay');

/** Runs work in a span of its own; a failure marks it. Costs next to nothing where nothing is traced. */
export function inSpan<T>(
  name: SpanName,
  attributes: SpanAttributes,
  work: () => Promise<T>,
  options: { kind?: SpanKind; links?: Link[]; parent?: Context } = {},
): Promise<T> {
  return tracer.startActiveSpan(
    name,
    {
      attributes: attributes as Attributes,
      kind: options.kind ?? SpanKind.INTERNAL,
      links: options.links ?? [],
    },
    options.parent ?? context.active(),
    async (span) => {
      try {
        return await work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', kindOfFailure(error));
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** What caused work that is done later, or elsewhere. */
export interface Cause {
  /** Of the request or job; null outside any. */
  readonly correlationId: string | null;
  /** The trace that goes on with it, as W3C traceparent; null where nothing is traced. */
  readonly traceparent: string | null;
}

/** The work under way, as the cause of what it leaves to be done. */
export function currentCause(): Cause {
  return { correlationId: correlationId(), traceparent: traceparent() };
}

/** The trace of the work under way as a W3C traceparent; null outside any. */
function traceparent(): string | null {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier, defaultTextMapSetter);
  return carrier.traceparent ?? null;
}

/** The context that a kept traceparent names, for work that continues it. */
export function contextOf(kept: string | null): Context {
  return kept === null
    ? ROOT_CONTEXT
    : propagation.extract(ROOT_CONTEXT, { traceparent: kept }, defaultTextMapGetter);
}

/** A link to the trace that a kept traceparent names, for work that has another parent. */
export function linksTo(kept: string | null): Link[] {
  const spanContext = kept === null ? undefined : trace.getSpanContext(contextOf(kept));
  return spanContext ? [{ context: spanContext }] : [];
}

/**
 * Tells in the span under way what a feature flag came to, by the names of OpenTelemetry's conventions. An event, as
 * one span may ask for several.
 */
export function tellFlag(flag: { key: string; variant: string; reason: string }, provider: string) {
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return;
  span.addEvent('feature_flag.evaluation', {
    'feature_flag.key': flag.key,
    'feature_flag.result.variant': flag.variant,
    'feature_flag.result.reason': flag.reason.toLowerCase(),
    'feature_flag.provider.name': provider,
  });
}

/** A request that is followed in a span. */
export interface RequestTrace {
  /** Runs work inside it. */
  run(work: () => void): void;
  /** Ends it with the status of its answer. */
  end(status: number): void;
}

/** Begins the span of a request, named by its route, in the trace that its caller's headers name. */
export function traceRequest(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  request: { method: string; route: string; path: string; correlationId: string },
): RequestTrace {
  const parent = propagation.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const attributes = {
    'http.request.method': request.method,
    'http.route': request.route,
    'url.path': request.path,
    'mainstay.correlation.id': request.correlationId,
  };
  const name = `${request.method} ${request.route}`;
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  const inside = trace.setSpan(parent, span);
  return {
    run: (work) => context.with(inside, work),
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', String(status));
      }
      span.end();
    },
  };
}

/** The trace of the work under way as an exemplar's labels; null where it was not sampled. */
export function exemplar(): Record<string, string> | null {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext && spanContext.traceFlags & TraceFlags.SAMPLED
    ? { trace_id: spanContext.traceId }
    : null;
}

/** The ids of the span under way, for log lines; empty outside any. */
export function traceIds(): { trace_id?: string; span_id?: string } {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext ? { trace_id: spanContext.traceId, span_id: spanContext.spanId } : {};
}
