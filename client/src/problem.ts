import type { Problem } from './schema.ts';

/** A refusal or failure of the shop, thrown by `orThrow`. */
export class MainstayError extends Error {
  override readonly name = 'MainstayError';
  readonly status: number;
  /** What the shop said; null where something in front of it answered. */
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? `The shop answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }

  /** Why, for programs: `insufficient_stock`, say. */
  get code(): Problem['code'] | null {
    return this.problem?.code ?? null;
  }
}

interface Answer<Data> {
  data?: Data | undefined;
  error?: unknown;
  response: Response;
}

/** What the shop answered. @throws MainstayError where it refused. */
export async function orThrow<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (!response.ok) throw new MainstayError(response.status, isProblem(error) ? error : null);
  return data as Data;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}
