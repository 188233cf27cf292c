/** Signs the stand-in's webhooks when STRIPE_WEBHOOK_SECRET is not set; public, so never accepted in production. */
export const DEVELOPMENT_WEBHOOK_SECRET = 'whsec_mainstay_development';

/** What is wrong with Stripe's secrets, in words that do not repeat them. */
export function stripeProblems({
  secretKey,
  webhookSecrets,
  production,
}: {
  secretKey: string | null;
  webhookSecrets: readonly string[];
  production: boolean;
}): string[] {
  const problems: string[] = [];
  if (secretKey !== null && !/^(sk|rk)_(test|live)_/.test(secretKey))
    problems.push(
      'STRIPE_SECRET_KEY is malformed: it starts with sk_test_, sk_live_, rk_test_ or rk_live_',
    );
  if (webhookSecrets.length > 2 || webhookSecrets.some((secret) => !secret.startsWith('whsec_')))
    problems.push(
      'STRIPE_WEBHOOK_SECRET is malformed: it starts with whsec_, and at most two stand there, the current and the previous',
    );
  if (production && webhookSecrets.includes(DEVELOPMENT_WEBHOOK_SECRET))
    problems.push(
      'STRIPE_WEBHOOK_SECRET is the public development secret: use the one Stripe gave you',
    );
  return problems;
}
