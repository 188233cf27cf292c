import { type Static, Type } from 'typebox';
import type { Db } from '../../database/database.ts';
import type { App } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import { IdSchema, PageOf, problemsFor, TimestampSchema } from '../../http/schemas.ts';
import { DEFAULT_LIMIT } from '../../shared/pages.ts';
import { permissions } from '../../shared/permissions.ts';
import { MAX_KEY_DAYS } from './api-key.model.ts';
import { createKey, listKeys, removeKey } from './api-keys.service.ts';
import {
  changesStaff,
  ListStaffQuery,
  PermissionSchema,
  StaffParams,
  staffDocs,
} from './staff.schemas.ts';

const Name = Type.String({ minLength: 1, maxLength: 60, examples: ['Warehouse scanner'] });
const Scopes = Type.Array(PermissionSchema, {
  minItems: 1,
  maxItems: permissions.length,
  uniqueItems: true,
  description:
    'What it may do: some of what its maker may, never staff:write. What its maker may no more, it may no more.',
  examples: [['stock:read', 'stock:write']],
});
const keyFields = {
  id: IdSchema,
  name: Name,
  hint: Type.String({ description: 'Its last four characters.' }),
  scopes: Scopes,
  madeBy: Type.String({ description: 'Their e-mail address.' }),
  createdAt: TimestampSchema,
  expiresAt: TimestampSchema,
  lastUsedAt: Type.Union([TimestampSchema, Type.Null()], { description: 'To the minute.' }),
  state: Type.Enum(['active', 'expired', 'revoked']),
};
const KeySchema = Type.Object(keyFields);
const NewKeySchema = Type.Object({
  ...keyFields,
  key: Type.String({ description: 'For `Authorization: Bearer`. Told this once.' }),
});
const KeyBody = Type.Object(
  {
    name: Name,
    scopes: Scopes,
    expiresAt: Type.String({
      format: 'date-time',
      description: `Within ${MAX_KEY_DAYS} days from now.`,
      examples: ['2027-03-01T00:00:00.000Z'],
    }),
  },
  { additionalProperties: false },
);

/** Keys with which programs use the API. */
export function apiKeyRoutes(app: App, { db }: { readonly db: Db }): void {
  app.get(
    '/api/api-keys',
    {
      config: { access: 'staff:read' },
      schema: {
        ...staffDocs,
        summary: 'List API keys, newest first, those that have ended too',
        querystring: ListStaffQuery,
        response: { 200: PageOf(KeySchema), ...problemsFor(400, 401, 403) },
      },
    },
    ({ query: { limit = DEFAULT_LIMIT, cursor } }) => listKeys(db, { limit, cursor }),
  );
  app.post(
    '/api/api-keys',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Make an API key, within one’s own rights; the answer tells it, this once',
        body: KeyBody,
        response: { 201: NewKeySchema, ...problemsFor(400, 401, 403) },
      },
    },
    async (request, reply) => {
      const { name, scopes, expiresAt }: Static<typeof KeyBody> = request.body;
      const input = { name, scopes, expiresAt: new Date(expiresAt) };
      return reply.code(201).send(await createKey(db, principalOf(request).userId, input));
    },
  );
  app.delete(
    '/api/api-keys/:id',
    {
      config: changesStaff,
      schema: {
        ...staffDocs,
        summary: 'Revoke an API key',
        params: StaffParams,
        response: {
          204: Type.Null({ description: 'It works no more.' }),
          ...problemsFor(400, 401, 403, 404),
        },
      },
    },
    async (request, reply) => {
      await removeKey(db, principalOf(request).userId, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
