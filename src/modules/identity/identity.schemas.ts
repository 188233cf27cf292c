import { type TSchema, Type } from 'typebox';
import { CsrfField, IdSchema, TimestampSchema } from '../../http/schemas.ts';
import { MAX_NEXT_LENGTH } from '../../http/ways.ts';
import { userRoles } from '../../shared/permissions.ts';
import { MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, PASSWORD_LENGTH } from './identity.model.ts';

const Email = Type.String({
  format: 'email',
  maxLength: MAX_EMAIL_LENGTH,
  examples: ['ada@example.org'],
});
const NewPassword = Type.String({
  minLength: PASSWORD_LENGTH.minimum,
  maxLength: PASSWORD_LENGTH.maximum,
  examples: ['a long enough password'],
});
/** Passwords of imported accounts may be shorter than new ones have to be. */
export const CurrentPassword = Type.String({
  minLength: 1,
  maxLength: PASSWORD_LENGTH.maximum,
});
const SecretToken = Type.String({
  minLength: 1,
  maxLength: 200,
  examples: ['mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru'],
});

export const RegisterBody = Type.Object(
  {
    email: Email,
    password: NewPassword,
    name: Type.Optional(
      Type.String({
        maxLength: MAX_NAME_LENGTH,
        description: 'Taken from the e-mail address where it is blank or absent.',
        examples: ['Ada'],
      }),
    ),
  },
  { additionalProperties: false },
);

export const LoginBody = Type.Object(
  { email: Email, password: CurrentPassword },
  { additionalProperties: false },
);

export const RefreshBody = Type.Object(
  { refreshToken: SecretToken },
  { additionalProperties: false },
);

export const RequestResetBody = Type.Object({ email: Email }, { additionalProperties: false });

export const ResetPasswordBody = Type.Object(
  { token: SecretToken, password: NewPassword },
  { additionalProperties: false },
);

export const ChangePasswordBody = Type.Object(
  { currentPassword: CurrentPassword, newPassword: NewPassword },
  { additionalProperties: false },
);

export const SessionParams = Type.Object({ id: IdSchema });

export const SessionSchema = Type.Object({
  id: IdSchema,
  kind: Type.Enum(['browser', 'api']),
  device: Type.String({
    description: 'As its user agent says, which may say anything.',
    examples: ['Firefox on Linux'],
  }),
  createdAt: TimestampSchema,
  lastSeenAt: TimestampSchema,
  current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
});

const userFields = {
  id: IdSchema,
  email: Type.String(),
  name: Type.String(),
  role: Type.Enum([...userRoles]),
};

const UserSchema = Type.Object(userFields);

export const ApiSessionSchema = Type.Object({
  user: UserSchema,
  accessToken: Type.String({ description: 'For `Authorization: Bearer`.' }),
  refreshToken: Type.String({ description: 'Works once: every refresh returns the next.' }),
  expiresIn: Type.Integer({ description: 'Seconds until the access token expires.' }),
});

export const MessageSchema = Type.Object({
  message: Type.String({ examples: ['The password was changed. Sign in with the new one.'] }),
});

/** The profile, with recent orders in the shape that the orders module gives them. */
export function ProfileSchema<T extends TSchema>(orderSchema: T) {
  return Type.Object({
    ...userFields,
    createdAt: TimestampSchema,
    user: Type.Object({ ...userFields, createdAt: TimestampSchema }),
    recentOrders: Type.Array(orderSchema),
  });
}

/** Forms carry the same fields as the API. */
export const SignUpForm = Type.Object({ ...RegisterBody.properties, ...CsrfField });
export const SignInForm = Type.Object({ ...LoginBody.properties, ...CsrfField });
export const ForgotPasswordForm = Type.Object({ ...RequestResetBody.properties, ...CsrfField });
export const ChangePasswordForm = Type.Object({ ...ChangePasswordBody.properties, ...CsrfField });
export const ResetPasswordForm = Type.Object({ ...ResetPasswordBody.properties, ...CsrfField });

/** Where to go after signing in: a path of this shop. */
export const NextQuery = Type.Object({
  next: Type.Optional(Type.String({ maxLength: MAX_NEXT_LENGTH })),
});
