import { version } from '../telemetry/version.ts';
import { catalogue, type EventType } from './catalogue.ts';
import { channelOf } from './channels.ts';

/**
 * The AsyncAPI 3.0 document of the shop's events, made from the catalogue that the code is checked against: one
 * channel for each kind of stream, one message for each type of event.
 */
export function asyncApiDocument(publicUrl: string) {
  const types = Object.keys(catalogue) as EventType[];
  const channels = [...new Set(types.map(channelOf))];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Mainstay events',
      version,
      description:
        'What happens in the shop, as CloudEvents 1.0. Each event is delivered at least once: know a repeated one by its `id`. Events with one `partitionkey` (everything about an order) are sent in the order of their `sequence`, which has no gap. In Kafka a channel is the topic of its address, keyed by `partitionkey`; in NATS JetStream an event has the subject address.type (mainstay.order.order.paid) and its `id` as `Nats-Msg-Id`. The prefix `mainstay` can be another one.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      channels.map((channel) => [
        channel,
        {
          address: `mainstay.${channel}`,
          description: `What happens to each ${channel}${channel === 'order' ? ' and its money' : ''}.`,
          messages: Object.fromEntries(
            types
              .filter((type) => channelOf(type) === channel)
              .map((type) => [type, { $ref: `#/components/messages/${type}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      channels.map((channel) => [
        `send-${channel}`,
        { action: 'send', channel: { $ref: `#/channels/${channel}` } },
      ]),
    ),
    components: {
      messages: Object.fromEntries(types.map((type) => [type, messageOf(type, publicUrl)])),
    },
  };
}

function aggregateOf(type: EventType): string {
  return type.split('.', 1)[0] ?? type;
}

function messageOf(type: EventType, source: string) {
  const { description, data } = catalogue[type];
  const text = (more: object = {}) => ({ type: 'string', ...more });
  return {
    name: type,
    title: type,
    summary: description,
    contentType: 'application/cloudevents+json',
    payload: {
      type: 'object',
      required: [
        'specversion',
        'id',
        'source',
        'type',
        'subject',
        'time',
        'datacontenttype',
        'data',
        'partitionkey',
        'sequence',
      ],
      properties: {
        specversion: { const: '1.0' },
        id: text({ format: 'uuid', description: 'The same however often it is delivered.' }),
        source: text({ format: 'uri', examples: [source] }),
        type: { const: type },
        subject: text({
          description: 'What it happened to.',
          examples: [`${aggregateOf(type)}/0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10`],
        }),
        time: text({ format: 'date-time' }),
        datacontenttype: { const: 'application/json' },
        partitionkey: text({ format: 'uuid', description: 'The stream; an order and its money.' }),
        sequence: text({ pattern: '^\\d{12}$', description: 'The place in the stream, from 1.' }),
        correlationid: text({ description: 'Of the request that caused it.' }),
        traceparent: text({ description: 'The trace that made it, where it was traced.' }),
        data,
      },
    },
  };
}
