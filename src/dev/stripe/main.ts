import { environment } from '../../config/environment.ts';
import { loadStandInConfig } from '../../config/tools.ts';
import { secretSources } from '../../secrets/sources.ts';
import { startStripeStandIn } from './stand-in.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const config = loadStandInConfig(environment(), await secretSources(environment()).fetch());
  const starting = startStripeStandIn({ ...config, log: say });
  // Heard before anybody is told the address: a signal that comes early is obeyed too.
  const stop = () => {
    starting
      .then((standIn) => standIn.close())
      .then(() => say('Stripe stand-in stopped.'))
      .catch(fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const standIn = await starting;
  say(`Stripe stand-in: ${standIn.url} (a test tool: no real money moves)
  State      ${config.dataDir}/stripe
  Webhooks   ${config.webhookUrl ?? 'none'}
  The shop   STRIPE_API_BASE=${standIn.url} STRIPE_SECRET_KEY=sk_test_mainstay npm start,
             with the same STRIPE_WEBHOOK_SECRET as here if one is set
  Test card  4242 4242 4242 4242, any future date, any code; the payment page lists more
  Controls   src/dev/stripe/README.md
  Stop       Ctrl+C`);
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
