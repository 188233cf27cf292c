import { type Static, Type } from 'typebox';
import {
  IdSchema,
  MoneySchema,
  PageQuery,
  PriceSchema,
  TimestampSchema,
} from '../../http/schemas.ts';
import { permissions as all, type Permission } from '../../shared/permissions.ts';
import { MAX_EMAIL_LENGTH } from '../identity/identity.model.ts';

/** What every operation about who works here says in the document of the API. */
export const staffDocs = { tags: ['Staff'], security: [{ bearer: [] }] };
/** What every route declares that changes who may do what. */
export const changesStaff = {
  access: 'staff:write',
  changesStanding: true,
  stepUp: true,
} as const;

const NullableId = Type.Union([IdSchema, Type.Null()]);
const NullableText = Type.Union([Type.String(), Type.Null()]);
const Name = Type.String({ minLength: 1, maxLength: 60, examples: ['Warehouse'] });
export const PermissionSchema = Type.Unsafe<Permission>({ type: 'string', enum: [...all] });
const Permissions = Type.Array(PermissionSchema, {
  maxItems: all.length,
  uniqueItems: true,
  description: 'Writing needs reading of the same.',
  examples: [['orders:read', 'refunds:read', 'refunds:write']],
});
const limitsDescription =
  'What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit.';

export const RoleSchema = Type.Object({
  id: IdSchema,
  name: Name,
  permissions: Permissions,
  refundLimits: Type.Union([Type.Array(MoneySchema), Type.Null()], {
    description: limitsDescription,
  }),
  members: Type.Integer({ description: 'How many people have it.' }),
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
});

export const RoleBody = Type.Object(
  {
    name: Name,
    permissions: Permissions,
    refundLimits: Type.Union([Type.Array(PriceSchema, { maxItems: 50 }), Type.Null()], {
      description: limitsDescription,
    }),
  },
  {
    additionalProperties: false,
    examples: [
      {
        name: 'Customer care',
        permissions: ['orders:read', 'refunds:read', 'refunds:write'],
        refundLimits: [{ amount: 20_000, currency: 'USD' }],
      },
    ],
  },
);

const place = {
  role: Type.Enum(['staff', 'admin'], { description: 'Owners (admin) have every permission.' }),
  roleId: Type.Optional(IdSchema),
};
const placeFields = { role: place.role, roleId: NullableId, roleName: NullableText };

export const MemberSchema = Type.Object({
  id: IdSchema,
  email: Type.String(),
  name: Type.String(),
  ...placeFields,
  secondFactor: Type.Boolean({
    description: 'Whether signing in takes more than their password: a passkey, or a code.',
  }),
  lastSeenAt: Type.Union([TimestampSchema, Type.Null()]),
});
export const MemberBody = Type.Object(place, {
  additionalProperties: false,
  examples: [{ role: 'admin' }],
});

export const InvitationSchema = Type.Object({
  id: IdSchema,
  email: Type.String(),
  ...placeFields,
  invitedBy: Type.String({ description: 'Their e-mail address.' }),
  createdAt: TimestampSchema,
  expiresAt: TimestampSchema,
  state: Type.Enum(['waiting', 'expired']),
});
const Email = Type.String({ format: 'email', maxLength: MAX_EMAIL_LENGTH });
export const InviteBody = Type.Object(
  { email: Email, ...place },
  { additionalProperties: false, examples: [{ email: 'grace@example.org', role: 'admin' }] },
);

export const StaffParams = Type.Object({ id: IdSchema });
export const ListStaffQuery = Type.Object(PageQuery, { additionalProperties: false });
export type ListStaff = Static<typeof ListStaffQuery>;
