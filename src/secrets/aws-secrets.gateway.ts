import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SecretSource, SourceError } from './source.ts';

const ANSWER_WITHIN_MS = 10_000;

/**
 * Reads from AWS Secrets Manager, by a secret's name or ARN. Region, address and credentials are what the SDK finds:
 * variables, web identity (IRSA), the container's or the instance's role.
 */
export function createAwsSecrets(): SecretSource {
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, throwOnRequestTimeout: true },
  });
  return {
    async read(id) {
      const text = await client
        .send(new GetSecretValueCommand({ SecretId: id }), {
          abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        })
        .then(({ SecretString }) => SecretString, refuse);
      if (text === undefined) throw new SourceError('it is binary: a text is needed');
      return text;
    },
  };
}

/** Says what failed by its name alone: messages of the SDK may repeat what was sent. */
function refuse(error: unknown): never {
  const { name, message } = error as Error;
  if (name === 'ResourceNotFoundException') throw new SourceError('AWS has no such secret');
  if (message.includes('Region is missing')) throw new SourceError('AWS_REGION is not set');
  throw new SourceError(`AWS Secrets Manager cannot be read (${name})`);
}
