import { createRequire, syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import {
  context,
  propagation,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  ExportResultCode,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations, type ShimWrapped } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type pg from 'pg';
import { correlationId } from './context.ts';
import { ownCounts } from './own-counts.ts';
import { recordingAll, TailSampling } from './tail-sampling.ts';
import { version } from './version.ts';

/** Calls to others carry the correlation id as W3C baggage; what theirs holds is not passed on. */
const correlationBaggage: TextMapPropagator = {
  inject(_context, carrier, setter) {
    const id = correlationId();
    if (id !== null) setter.set(carrier, 'baggage', `correlation.id=${encodeURIComponent(id)}`);
  },
  extract: (context) => context,
  fields: () => ['baggage'],
};

/** A request or job that takes longer is exported whether it was sampled or not. */
const SLOW_MS = 1_000;

/**
 * Sends traces to an OTLP collector (http/protobuf): calls over HTTP, PostgreSQL, and the shop's own spans. Loaded
 * only where a collector is named. Call it before the first connection is made.
 * @param ratio the share of traces, 0 to 1, that is sampled at their head; a caller's own decision goes first.
 */
export function startTracing({
  endpoint,
  ratio,
  role,
}: {
  endpoint: string;
  ratio: number;
  role: string;
}): { stop(): Promise<void> } {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), correlationBaggage],
    }),
  );
  const exporter = counted(
    new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'mainstay',
      'service.version': version,
      'service.instance.id': `${role}-${hostname()}-${process.pid}`,
    }),
    sampler: recordingAll(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })),
    spanProcessors: [new TailSampling(new BatchSpanProcessor({ exporter }), { slowMs: SLOW_MS })],
  });
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({
    instrumentations: [
      new HttpInstrumentation({
        // http/request-trace.ts follows those, by their routes.
        disableIncomingRequestInstrumentation: true,
        // The collector itself is not followed.
        requireParentforOutgoingSpans: true,
      }),
      // Text of statements without their values; none outside a request or job.
      new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    ],
  });
  // Patched when required; what imports them later, or has already, sees the patched ones.
  const require = createRequire(import.meta.url);
  for (const name of ['http', 'https', 'pg', 'pg-pool']) require(name);
  syncBuiltinESMExports();
  followSampledStatements(require('pg').Client.prototype);
  return { stop: () => provider.shutdown() };
}

/**
 * Statements of traces that the sampler did not choose go past the instrumentation, which costs as much for them as
 * for the others.
 */
function followSampledStatements(client: pg.Client): void {
  const followed = client.query as ShimWrapped & ((...query: unknown[]) => unknown);
  function query(this: pg.Client, ...args: unknown[]): unknown {
    const flags = trace.getActiveSpan()?.spanContext().traceFlags ?? TraceFlags.NONE;
    const run = flags & TraceFlags.SAMPLED ? followed : followed.__original;
    return run.apply(this, args);
  }
  client.query = query as pg.Client['query'];
}

/** Counts what the collector takes and what it does not. */
function counted(exporter: SpanExporter): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        ownCounts[result.code === ExportResultCode.SUCCESS ? 'spansSent' : 'spansLost'] +=
          spans.length;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
