import { describeWith } from '../observability/engines.ts';
import { startNats } from '../support/nats-server.ts';
import { sellsWithoutIt, survivesKills } from './shop-outlives-broker.ts';

describeWith(['nats-server'], 'a shop that publishes to NATS JetStream', () => {
  sellsWithoutIt(() => startNats());
  survivesKills(() => startNats());
});
