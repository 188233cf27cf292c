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
} as const satisfies Record<string, { subject: string; news: string }>;

export type SecurityNotice = keyof typeof securityNotices;
