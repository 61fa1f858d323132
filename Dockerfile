# Loom Console. `docker build .` gives the console; `docker build --target plugins .` can start process plugins in Node and Python too.
# test/deployment.test.ts replays these steps without an engine; docs/deployment.md tells how to run what comes out.
ARG NODE_VERSION=24.22.3

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The path under which people visit the console, when it is not the root of its host: pages are built for one.
ARG LOOM_BASE_PATH=
RUN npm run build

FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:${NODE_VERSION}-bookworm-slim AS runtime
WORKDIR /app
RUN groupadd --gid 10001 loom && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin loom
RUN mkdir -p /data /plugins && chown 10001:10001 /data /plugins && chmod 700 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE ./
ARG LOOM_BASE_PATH=
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/data/compile-cache \
    PORT=3000 \
    LOOM_HOST=0.0.0.0 \
    LOOM_DATA_DIR=/data \
    LOOM_PLUGINS_DIR=/plugins \
    LOOM_BASE_PATH=${LOOM_BASE_PATH}
USER 10001:10001
VOLUME ["/data", "/plugins"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]

# For plugins whose manifest has a command: they run inside this container, with the console's own rights.
FROM runtime AS plugins
USER 0:0
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
ENV LOOM_ALLOW_PROCESSES=true
USER 10001:10001

# The last stage is what is built unless another is named.
FROM runtime AS console
