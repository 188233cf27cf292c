import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { App } from '../../http/app-type.ts';
import { problemsFor } from '../../http/schemas.ts';
import { type IdentityDeps, identityController } from './identity.controller.ts';
import {
  ApiSessionSchema,
  LoginBody,
  MessageSchema,
  ProfileSchema,
  RefreshBody,
  RegisterBody,
  RequestResetBody,
  ResetPasswordBody,
} from './identity.schemas.ts';

const tags = ['Identity'];

/** The API of accounts and sessions. `orderSchema` is the wire shape of the profile's recent orders. */
export function identityRoutes(app: App, deps: IdentityDeps & { orderSchema: TSchema }): void {
  const controller = identityController(deps);

  app.post(
    '/api/auth/register',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Register a customer',
        body: RegisterBody,
        response: { 201: ApiSessionSchema, ...problemsFor(400, 409, 413, 415, 429) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await controller.register(request, request.body)),
  );

  app.post(
    '/api/auth/login',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Sign in',
        description: 'Failures are limited per account and address, per account, and per address.',
        body: LoginBody,
        response: { 200: ApiSessionSchema, ...problemsFor(400, 401, 413, 415, 429) },
      },
    },
    (request) => controller.login(request, request.body),
  );

  app.post(
    '/api/auth/refresh',
    {
      config: { access: 'anyone', changesStanding: true },
      schema: {
        tags,
        summary: 'Rotate a refresh token',
        description: 'Every refresh token works once. Using one again ends its session.',
        body: RefreshBody,
        response: { 200: ApiSessionSchema, ...problemsFor(400, 401, 413, 415) },
      },
    },
    (request) => controller.refresh(request.body.refreshToken),
  );

  app.post(
    '/api/auth/logout',
    {
      config: { access: 'anyone', changesStanding: true },
      schema: {
        tags,
        summary: 'End a session',
        body: RefreshBody,
        response: {
          204: Type.Null({ description: 'The session has ended, or had already.' }),
          ...problemsFor(400, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await controller.logout(request.body.refreshToken);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/auth/profile',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        summary: 'The signed-in user and their recent orders',
        security: [{ bearer: [] }],
        response: { 200: ProfileSchema(deps.orderSchema), ...problemsFor(401) },
      },
    },
    // The shape of orders belongs to another module and is only known to the schema given here.
    async (request, reply) => reply.send(await controller.profile(request)),
  );

  app.post(
    '/api/auth/request-reset',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Ask for a password reset by mail',
        description: 'The answer is the same whether the address has an account or not.',
        body: RequestResetBody,
        response: { 202: MessageSchema, ...problemsFor(400, 413, 415, 429) },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await controller.requestReset(request, request.body.email)),
  );

  app.post(
    '/api/auth/reset-password',
    {
      config: { access: 'anyone', changesStanding: true },
      schema: {
        tags,
        summary: 'Set a new password by a mailed token',
        description: 'The token works once, for an hour. All sessions of the user end.',
        body: ResetPasswordBody,
        response: { 200: MessageSchema, ...problemsFor(400, 413, 415, 429) },
      },
    },
    (request) => controller.resetPassword(request, request.body),
  );
}
