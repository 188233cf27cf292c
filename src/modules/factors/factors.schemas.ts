import { Type } from 'typebox';
import { CsrfField } from '../../http/schemas.ts';
import { CurrentPassword } from '../identity/identity.schemas.ts';

/** Six digits of an app, or a recovery code; however they were typed. */
const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Six digits of an authenticator app, or a recovery code.',
  examples: ['492039'],
});
const Challenge = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'As the answer to the sign-in gave it.',
  examples: ['mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru'],
});

export const SecondFactorBody = Type.Object(
  { challenge: Challenge, code: Code },
  { additionalProperties: false },
);

export const ConfirmBody = Type.Object(
  { password: CurrentPassword, code: Type.Optional(Code) },
  { additionalProperties: false },
);

export const CodeForm = Type.Object({ code: Code, ...CsrfField });
export const ConfirmForm = Type.Object({
  password: CurrentPassword,
  code: Type.Optional(Type.String({ maxLength: 40 })),
  ...CsrfField,
});
