# Production images. `docker build --target migrate .` makes the one that runs `db migrate` in a deploy.
#
# BUILD_IMAGE needs node, npm and CA certificates; NODE_IMAGE needs node only and is what ships.
# NPM_REGISTRY: another registry than npm's own, without credentials (it stays in the build stage's history).
ARG BUILD_IMAGE=node:24-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${BUILD_IMAGE} AS build
ARG NPM_REGISTRY=
ENV CI=1 DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1 npm_config_update_notifier=false
WORKDIR /repo
# The packages come first, by the lock file alone: an edited schema does not download anything again.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .pnpmfile.cjs .npmrc ./
RUN if [ -n "$NPM_REGISTRY" ]; then export npm_config_registry="$NPM_REGISTRY"; fi \
 && npx --yes pnpm@12.21.0 fetch --reporter=append-only
COPY . .
RUN npx --yes --prefer-offline pnpm@12.21.0 install --frozen-lockfile --offline --reporter=append-only \
 && npx --yes --prefer-offline pnpm@12.21.0 --silent run build

# Node refuses to strip types below node_modules, and a deploy needs no development dependency: this is bundled
# JavaScript and migration files, nothing else.
FROM ${NODE_IMAGE} AS migrate
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /repo/packages/db/dist ./dist
# Numeric, so that Kubernetes' runAsNonRoot can tell; it is the user `node` of the base image.
USER 1000:1000
ENTRYPOINT ["node", "dist/db.mjs"]
CMD ["migrate"]
