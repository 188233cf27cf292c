import type { EventType } from './catalogue.ts';

/** Whose events stand in line with another's: the money of an order with the order. */
const IN_LINE_WITH: Readonly<Record<string, string>> = { payment: 'order', refund: 'order' };

/** The channel of a type: all events of a stream go through one, so that a broker can keep their order. */
export function channelOf(type: EventType): string {
  const [aggregate = ''] = type.split('.', 1);
  return IN_LINE_WITH[aggregate] ?? aggregate;
}
