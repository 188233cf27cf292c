import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';

/** A route as it is registered. */
export interface Route {
  /** `POST /admin/orders/:id/paid` */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly schema: FastifySchema;
}

/** Runs what starts a shop, and tells the routes that it registers, so that a new one is never overlooked. */
export async function withRoutes<T>(
  start: () => Promise<T>,
): Promise<{ started: T; routes: Route[] }> {
  const routes = new Map<string, Route>();
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url, schema }: RouteOptions) => {
      for (const verb of [method].flat()) {
        const name = `${verb} ${url}`;
        if (verb !== 'HEAD') routes.set(name, { name, method: verb, url, schema: schema ?? {} });
      }
    });
  };
  subscribe('fastify.initialization', listen);
  try {
    return { started: await start(), routes: [...routes.values()] };
  } finally {
    unsubscribe('fastify.initialization', listen);
  }
}

/** Whether a route is one of the pages, whose session is a cookie. */
export function isPage({ url }: Route): boolean {
  return !/^\/(api|api-docs|health|metrics|\.well-known|dev|_test|pay|v1)(\/|$)|\*/.test(url);
}
