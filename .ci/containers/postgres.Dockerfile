# PostgreSQL behind the interface and the volume layout of the official images, without a container registry.
FROM local/base AS server
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends postgresql-15 >/dev/null \
 && rm -rf /var/lib/postgresql/15 /var/lib/apt/lists/* /var/cache/apt/*.bin \
 && install -d -o postgres -g postgres /docker-entrypoint-initdb.d
COPY docker-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin LANG=C.UTF-8
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]

# Up to 17 the data lies in /var/lib/postgresql/data, which is a volume.
FROM server AS postgres-15
ENV PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres "$PGDATA"
VOLUME /var/lib/postgresql/data

# From 18 on the volume is one level higher. The server is the workspace's embedded one; psql and pg_isready are Debian's.
FROM server AS postgres-18
COPY postgres-18 /usr/lib/postgresql/18
ENV PATH=/usr/lib/postgresql/18/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
