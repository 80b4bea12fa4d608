/** What compose.yaml may be told from outside; its defaults stand there too. */
const defaults = {
  DB_PORT: '5432',
  POSTGRES_USER: 'discord_video',
  POSTGRES_PASSWORD: 'dev_password',
  POSTGRES_DB: 'discord_video_dev',
};

type Values = Readonly<Record<string, string | undefined>>;

/** The development database that compose.yaml describes. */
export interface ComposeSettings {
  /** Port on this machine's loopback. */
  readonly port: number;
  /** For the programs on this machine. A password that is not the public default stands as `$POSTGRES_PASSWORD`. */
  readonly connectionString: string;
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: ComposeSettings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Parses what compose.yaml is told; reports every fault at once. An empty value counts as unset, as in compose.yaml. */
export function parseSettings(values: Values): ParsedSettings {
  const value = (name: keyof typeof defaults) => values[name] || defaults[name];
  const port = Number(value('DB_PORT'));
  const problems: string[] = [];
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push(`DB_PORT must be a port, 1 to 65535; it is '${value('DB_PORT')}'.`);
  }
  for (const name of ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'] as const) {
    if (!/^[\w.~-]+$/.test(value(name))) {
      problems.push(`${name} goes into a URL as it stands: only letters, digits and . _ ~ - are possible.`);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const password =
    value('POSTGRES_PASSWORD') === defaults.POSTGRES_PASSWORD ? defaults.POSTGRES_PASSWORD : '$POSTGRES_PASSWORD';
  const connectionString = `postgresql://${value('POSTGRES_USER')}:${password}@localhost:${port}/${value('POSTGRES_DB')}`;
  return { ok: true, settings: { port, connectionString } };
}
