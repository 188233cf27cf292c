import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, type ApiErrorBody } from './api-error.ts';
import { API_VERSION } from './events.ts';
import { newId } from './ids.ts';

/** An answer of the API before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: object | ApiErrorBody;
  /** The id of the request that did the work, where this answer repeats it. */
  readonly replayOf?: string;
}

/** The answer that an error makes. What is not Stripe's own error is a 500 that tells nothing. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: error.body };
  const message = 'The stand-in failed; its log says why.';
  return { status: 500, body: new ApiError(message, { type: 'api_error' }).body };
}

/** Gives the request its id and the headers that every answer of Stripe has. */
export function prepareHeaders(request: FastifyRequest, reply: FastifyReply): string {
  const requestId = newId('req_', 14);
  reply.header('request-id', requestId);
  reply.header('stripe-version', request.headers['stripe-version'] ?? API_VERSION);
  const key = request.headers['idempotency-key'];
  if (key !== undefined) reply.header('idempotency-key', key);
  return requestId;
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.replayOf !== undefined) {
    reply.header('idempotent-replayed', 'true').header('original-request', answer.replayOf);
  }
  return reply.code(answer.status).send(answer.body);
}
