import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import { until } from '../support/until.ts';

/** What is read here of OTLP 1.x, trace service: fields by their numbers. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
  }
  message Link { bytes trace_id = 1; }
  message Status { int32 code = 3; }
  message KeyValue { string key = 1; Value value = 2; }
  message Value {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }`);
const Request = root.lookupType('Request');

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** The traces that it is linked to. */
  readonly links: readonly string[];
}

export type Collector = Awaited<ReturnType<typeof startCollector>>;

/** A collector that reads OTLP over HTTP with protobuf and keeps what it is sent. */
export async function startCollector() {
  const spans: SeenSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      bodies.push(body);
      if (request.url === '/v1/traces') spans.push(...spansOf(body));
      response.setHeader('content-type', 'application/x-protobuf').end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    /** Everything that came, as text: strings stand in it as they are. */
    text: () => Buffer.concat(bodies).toString('latin1'),
    /** The first span like that, once it is there. */
    async span(what: string, like: (span: SeenSpan) => boolean): Promise<SeenSpan> {
      await until(() => spans.some(like), { what });
      return spans.find(like) as SeenSpan;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function spansOf(body: Buffer): SeenSpan[] {
  const request = Request.toObject(Request.decode(body), { bytes: Buffer, longs: Number });
  const hex = (bytes: Buffer | undefined) => bytes?.toString('hex') ?? '';
  return (request.resourceSpans ?? [])
    .flatMap(({ scopeSpans = [] }) => scopeSpans)
    .flatMap(({ spans = [] }) => spans)
    .map((span: ReturnType<typeof JSON.parse>) => ({
      traceId: hex(span.traceId),
      spanId: hex(span.spanId),
      parentId: hex(span.parentSpanId),
      name: span.name,
      failed: span.status?.code === 2,
      attributes: Object.fromEntries(
        (span.attributes ?? []).map(
          ({ key, value = {} }: { key: string; value?: Record<string, never> }) => [
            key,
            Object.values(value)[0],
          ],
        ),
      ),
      links: (span.links ?? []).map(({ traceId }: { traceId: Buffer }) => hex(traceId)),
    }));
}
