import { describeWith } from '../observability/engines.ts';
import { startNats } from '../support/nats-server.ts';
import { outlivesItsBroker } from './shop-outlives-broker.ts';

describeWith(['nats-server'], 'a shop that publishes to NATS JetStream', () => {
  outlivesItsBroker(() => startNats());
});
