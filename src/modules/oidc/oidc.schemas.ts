import { Type } from 'typebox';

const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }));

/** What a provider sends back by the browser (OpenID Connect Core 1.0, 3.1.2.5 and 3.1.2.6; RFC 9207); it may add more. */
export const CallbackQuery = Type.Object({
  state: text(200),
  code: text(6000),
  iss: text(1000),
  error: text(200),
  error_description: text(2000),
});
