/** What stands where something was written that told of a person. */
export const ERASED = '(erased)';

/** What stands where a person's e-mail address stood; nothing is ever delivered to it (RFC 2606). */
export const ERASED_EMAIL = 'erased@erased.invalid';

/** The address of an erased account, which has to differ from every other. */
export function erasedEmailOf(userId: string): string {
  return `erased-${userId}@erased.invalid`;
}

/** Whether an address is one of those. */
export function isErased(email: string): boolean {
  return email.endsWith('@erased.invalid');
}
