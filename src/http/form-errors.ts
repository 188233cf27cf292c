import type { Reply, Request } from './app-type.ts';
import { sendPage } from './browser.ts';
import type { FieldError } from './forms.views.ts';
import type { Html } from './html.ts';
import { problemOf } from './problems.ts';

/**
 * What is wrong with a form on a route with `attachValidation`, in the words given for each field; empty when it
 * fits its schema.
 * @throws what is wrong with the address instead: there is no form to show again there.
 */
export function formErrors(
  request: Request,
  messages: Readonly<Record<string, string>>,
): FieldError[] {
  const error = request.validationError;
  if (error && error.validationContext !== 'body') throw error;
  const found: SchemaError[] = error?.validation ?? [];
  const paths = found.map(
    ({ instancePath, params }) =>
      instancePath.split('/')[1] ?? String(params.missingProperty ?? ''),
  );
  return [...new Set(paths)].map((path) => ({
    path: path in messages ? path : '',
    message: messages[path] ?? 'Please check what you typed and send the form again.',
  }));
}

/** What was typed into a field of a form that may not fit its schema. */
export function typed(body: unknown, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * What to show beside a form whose use case refused it, with the response's status and Retry-After set.
 * Rethrows what is not the visitor's to mend.
 */
export function refusal(request: Request, reply: Reply, error: unknown): FieldError[] {
  const { problem, retryAfterSeconds } = problemOf(error, request.id);
  if (problem.status >= 500) throw error;
  if (request.marks) request.marks.code = problem.code;
  reply.code(problem.status);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  return [...(problem.errors ?? [{ path: '', message: problem.detail }])];
}

/**
 * Runs a form's work; what the visitor can mend is shown on the page again, with the refusal's status. `messages` are
 * the words for each field of a form that does not fit its schema, on a route with `attachValidation`.
 */
export async function workOrShowAgain(
  request: Request,
  reply: Reply,
  form: {
    readonly messages?: Readonly<Record<string, string>>;
    readonly work: () => Promise<Reply>;
    readonly again: (errors: FieldError[]) => Promise<Html>;
  },
): Promise<Reply> {
  const errors = formErrors(request, form.messages ?? {});
  if (errors.length > 0) return sendPage(reply, await form.again(errors), 400);
  try {
    return await form.work();
  } catch (error) {
    const refused = refusal(request, reply, error);
    return sendPage(reply, await form.again(refused), reply.statusCode);
  }
}

interface SchemaError {
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}
