import { Type } from 'typebox';

/** Six digits of an app, or a recovery code; however they were typed. */
const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Six digits of an authenticator app, or a recovery code.',
  examples: ['492039'],
});
const Password = Type.String({ minLength: 1, maxLength: 200 });
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
  { password: Password, code: Type.Optional(Code) },
  { additionalProperties: false },
);

const form = { _csrf: Type.Optional(Type.String()) };
export const CodeForm = Type.Object({ code: Code, ...form });
export const ConfirmForm = Type.Object({
  password: Password,
  code: Type.Optional(Type.String({ maxLength: 40 })),
  ...form,
});
export const NextQuery = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2000 })) });
