import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { recordingAll, TailSampling } from '../../src/telemetry/tail-sampling.ts';

/** A process's tracer that samples nothing at the head, and the names of what it sends. */
function traced() {
  const sent: string[] = [];
  const sending: SpanProcessor = {
    onStart: () => {},
    onEnd: ({ name }) => void sent.push(name),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new TracerProvider({
    sampler: recordingAll(new AlwaysOffSampler()),
    spanProcessors: [new TailSampling(sending, { slowMs: 1000 })],
  });
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.NONE,
    isRemote: true,
  });
  const tracer = provider.getTracer('test');
  return {
    /** A part of the one trace, as a request or a job begins it. */
    begin: (name: string) => tracer.startSpan(name, {}, remote),
    sent,
  };
}

it('a job that fails is sent, though the request that caused it was under way when it began', () => {
  const { begin, sent } = traced();
  const request = begin('request');
  const job = begin('job');
  request.end();
  expect(sent).toEqual([]);
  job.setStatus({ code: SpanStatusCode.ERROR });
  job.end();
  expect(sent).toEqual(['request', 'job']);
});

it('a trace of several parts in which nothing failed is not sent', () => {
  const { begin, sent } = traced();
  const parts = [begin('request'), begin('job'), begin('event')];
  for (const part of parts) part.end();
  begin('later').end();
  expect(sent).toEqual([]);
});
