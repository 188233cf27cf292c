const MOST_TOKENS = 10;
const TOKENS_PER_SUCCESS = 0.1;

/**
 * How many retries a dependency may cost (gRPC's proposal A6): a failure takes a token, a success gives a tenth back,
 * and at half the tokens or less nothing is tried again. So a dependency that is down gets each call once, not thrice.
 */
export class RetryBudget {
  tokens = MOST_TOKENS;

  get allowsRetry(): boolean {
    return this.tokens > MOST_TOKENS / 2;
  }

  succeeded(): void {
    // In tenths, so that a thousand sums leave no crumbs.
    this.tokens = Math.min(MOST_TOKENS, Math.round((this.tokens + TOKENS_PER_SUCCESS) * 10) / 10);
  }

  failed(): void {
    this.tokens = Math.max(0, this.tokens - 1);
  }
}
