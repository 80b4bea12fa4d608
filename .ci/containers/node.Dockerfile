# The workspace's Node (and npm, which only starts pnpm) behind the interface of the official image: user `node`, uid 1000.
FROM local/base
RUN useradd --uid 1000 --create-home node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
COPY node /usr/local/bin/
# The machine's trust store: behind a TLS-inspecting proxy the registry's certificate is signed by it.
COPY ca-certificates.crt /etc/ssl/certs/
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
