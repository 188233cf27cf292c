import type { Db } from '../../database/database.ts';
import type { Request } from '../../http/app-type.ts';
import { principalOf } from '../../http/principal.ts';
import type { RateLimiter } from '../../http/rate-limit.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { AccessTokens } from './access-token.gateway.ts';
import { accountOf, type Registration, register } from './account.service.ts';
import { normaliseEmail } from './identity.model.ts';
import { requestPasswordReset, resetPassword } from './password-reset.service.ts';
import { registerBuckets, requestResetBuckets, resetPasswordBuckets } from './rate-limits.model.ts';
import { createApiSession, endApiSession, refreshApiSession } from './session.service.ts';
import { signIn } from './sign-in.service.ts';

export interface IdentityDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly limiter: RateLimiter;
  readonly tokens: AccessTokens;
  /** The newest orders of a user, as the API shows them. */
  readonly recentOrders: (userId: string) => Promise<unknown[]>;
}

/** What each API route does with a validated request. */
export function identityController(deps: IdentityDeps) {
  const { db, logger, limiter, tokens } = deps;
  return {
    async register(request: Request, body: Registration) {
      await limiter.take(registerBuckets(request.ip));
      const session = await register(db, body, (tx, user) =>
        createApiSession(tx, { tokens, user, userAgent: request.headers['user-agent'] }),
      );
      logger.info({ userId: session.user.id }, 'registered');
      return session;
    },

    login(request: Request, body: { email: string; password: string }) {
      return signIn(deps, { ...body, address: request.ip, browser: null }, (tx, user) =>
        createApiSession(tx, { tokens, user, userAgent: request.headers['user-agent'] }),
      );
    },

    refresh(refreshToken: string) {
      return refreshApiSession(db, { tokens, refreshToken, logger });
    },

    logout(refreshToken: string) {
      return endApiSession(db, refreshToken);
    },

    async profile(request: Request) {
      const { userId } = principalOf(request);
      const user = await accountOf(db, userId);
      const shown = { ...user, createdAt: user.createdAt.toISOString() };
      return { ...shown, user: shown, recentOrders: await deps.recentOrders(userId) };
    },

    async requestReset(request: Request, email: string) {
      await limiter.take(requestResetBuckets(normaliseEmail(email), request.ip));
      await requestPasswordReset(db, email);
      return { message: 'If the address has an account, a link is on its way to it.' };
    },

    async resetPassword(request: Request, body: { token: string; password: string }) {
      await limiter.take(resetPasswordBuckets(request.ip));
      await resetPassword(db, { ...body, logger });
      return { message: 'The password is changed. Sign in with the new one.' };
    },
  };
}
