export interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
}

export interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly 'x-access'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, BodyKind> };
  readonly responses: Record<string, Response>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: object;
}

interface Response {
  readonly description: string;
  readonly content?: Record<string, { readonly schema?: object }>;
}

interface BodyKind {
  readonly schema: BodySchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface BodySchema {
  readonly properties?: Record<string, unknown>;
  readonly examples?: readonly Record<string, unknown>[];
}

export interface NamedOperation {
  /** `GET /api/orders/{id}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation of the document, flat. */
export function operationsOf({ paths }: Document): NamedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, operation };
    }),
  );
}

/** Says which operation a request is for; null for what the document does not know. HEAD is asked as GET. */
export function operationFinder(document: Document) {
  // Addresses without parameters come before those that would take them for an id.
  const known = operationsOf(document)
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .sort((a, b) => parametersIn(a.operation.path) - parametersIn(b.operation.path));
  return (method: string, path: string): NamedOperation | null => {
    const asked = method === 'HEAD' ? 'GET' : method;
    const found = known.find(
      ({ operation, pattern }) => operation.method === asked && pattern.test(path),
    );
    return found?.operation ?? null;
  };
}

function patternOf(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('[^/]+')}/?$`);
}

function parametersIn(path: string): number {
  return path.split('{').length;
}
