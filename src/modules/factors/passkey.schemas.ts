import { Type } from 'typebox';
import { CsrfField, IdSchema } from '../../http/schemas.ts';
import { MAX_PASSKEY_NAME } from './passkey.model.ts';

/** Bytes as WebAuthn gives them to programs; so many characters at most. */
const bytes = (maxLength: number, description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9_-]+$',
    maxLength,
    description,
    examples: ['eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0'],
  });

/** WebAuthn 2, 5.1: an id has 1023 bytes at most. */
const CredentialId = bytes(1364, 'The id of the passkey, base64url.');
const ClientData = bytes(8192, 'As the browser signed it, base64url.');

const assertionFields = {
  id: CredentialId,
  clientDataJSON: ClientData,
  authenticatorData: bytes(8192, 'base64url'),
  signature: bytes(8192, 'base64url'),
  userHandle: Type.Optional(bytes(100, 'Whose the passkey says that it is, base64url.')),
};

/** An answer of `navigator.credentials.get()`. */
export const PasskeyBody = Type.Object(assertionFields, { additionalProperties: false });

const Descriptor = Type.Object({
  id: Type.String(),
  type: Type.Literal('public-key'),
  transports: Type.Optional(Type.Array(Type.String())),
});

/** What `PublicKeyCredential.parseRequestOptionsFromJSON()` takes. */
export const RequestOptionsSchema = Type.Object({
  challenge: Type.String({ description: 'Answered once, within five minutes.' }),
  timeout: Type.Integer({ description: 'In milliseconds.' }),
  rpId: Type.String({ examples: ['shop.example'] }),
  allowCredentials: Type.Array(Descriptor),
  userVerification: Type.Literal('required'),
});

export const PasskeyForm = Type.Object({ ...assertionFields, ...CsrfField });
export const NewPasskeyForm = Type.Object({
  id: CredentialId,
  clientDataJSON: ClientData,
  attestationObject: bytes(16_384, 'base64url'),
  transports: Type.Optional(Type.String({ pattern: '^[a-z-]+(,[a-z-]+)*$', maxLength: 100 })),
  name: Type.String({ pattern: '\\S', maxLength: MAX_PASSKEY_NAME }),
  ...CsrfField,
});
export const PasskeyParams = Type.Object({ id: IdSchema });
