/** What the owner of an account is told of: a stranger in it would do it first. */
export const securityNotices = {
  password_changed: {
    subject: 'Your password was changed',
    news: 'The password of your account was changed, and every other session was signed out.',
  },
  password_reset: {
    subject: 'Your password was reset',
    news: 'A new password was set by a link mailed to you, and every session was signed out.',
  },
  totp_added: {
    subject: 'Signing in asks for a code now',
    news: 'Codes of an authenticator app were set up for your account. Sessions that no second factor had opened were signed out.',
  },
  totp_removed: {
    subject: 'Signing in asks for no code any more',
    news: 'The codes of your authenticator app were switched off, and every other session was signed out.',
  },
  passkey_added: {
    subject: 'A passkey was added to your account',
    news: 'A passkey was added to your account. Whoever has the device that keeps it can sign in.',
  },
  passkey_removed: {
    subject: 'A passkey of yours was removed',
    news: 'A passkey was removed from your account, and the other sessions that it had opened were signed out.',
  },
  passkey_copied: {
    subject: 'A passkey of yours may have been copied',
    news: 'A passkey of your account answered as a copy of it would, and was refused. Remove it, and add a new one.',
  },
  provider_linked: {
    subject: 'You sign in by your work account now',
    news: 'Your account was tied to an account at the provider by which staff sign in.',
  },
  provider_unlinked: {
    subject: 'Your work account signs you in no more',
    news: 'Your account was untied from the provider by which staff sign in, and every other session was signed out.',
  },
  recovery_codes_renewed: {
    subject: 'You have new recovery codes',
    news: 'New recovery codes were made for your account. The ones before them work no more.',
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    news: 'One of your recovery codes was used. It works no more.',
  },
  codes_guessed: {
    subject: 'Somebody tries to get into your account',
    news: 'Somebody who knows your password typed many wrong codes. They did not get in. Change your password. You get in with a recovery code meanwhile.',
  },
} as const satisfies Record<string, { subject: string; news: string }>;

export type SecurityNotice = keyof typeof securityNotices;
