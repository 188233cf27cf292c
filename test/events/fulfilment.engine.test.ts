import { describeWith } from '../observability/engines.ts';
import { describeWithKafka } from '../support/kafka/describe.ts';
import { startKafka } from '../support/kafka/peer.ts';
import { startNats } from '../support/nats-server.ts';
import { fulfils } from './fulfilment.ts';

describeWith(['nats-server'], 'fulfilment that reads NATS', () => {
  fulfils(
    () => startNats(),
    ({ url }) => ({ NATS_URL: url }),
  );
});

describeWithKafka('fulfilment that reads Kafka', () => {
  fulfils(
    () => startKafka(),
    ({ url }) => ({ KAFKA_BROKERS: url.replace('kafka://', '') }),
  );
});
