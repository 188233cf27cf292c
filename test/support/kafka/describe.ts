import { existsSync } from 'node:fs';
import { locate } from '../../observability/engines.ts';
import { describeWhere } from '../describe-where.ts';

/** A suite that needs brokers which speak Kafka's protocol: they are compiled here. */
export function describeWithKafka(title: string, suite: () => void): void {
  const isComplete =
    locate('gcc') !== null &&
    locate('kcat') !== null &&
    existsSync('/usr/include/librdkafka/rdkafka_mock.h');
  describeWhere(isComplete ? null : 'there is no gcc with librdkafka-dev and kcat', title, suite);
}
