import { createPublicKey } from 'node:crypto';
import { z } from 'zod';

const keysSchema = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim().split(':')))
  .transform((entries, context) => {
    const keys = new Map<string, Buffer>();
    for (const [id = '', secret = '', ...rest] of entries) {
      const key = Buffer.from(secret, 'base64');
      if (!/^[A-Za-z0-9_-]{1,32}$/.test(id) || key.length !== 32 || rest.length > 0 || keys.has(id))
        context.addIssue(
          'expected <id>:<32 bytes as base64>, several with commas, the current one first, each id once',
        );
      keys.set(id, key);
    }
    return keys as ReadonlyMap<string, Buffer>;
  });
const urlSchema = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const databaseUrlSchema = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'expected postgresql://user:password@host:5432/database' });
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const originsSchema = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    error: 'expected origins such as https://manage.wix.com with commas between',
  });
const plansSchema = z
  .string()
  .refine((text) => /^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/.test(text), { error: 'expected <product>=<plan>, with commas' })
  .transform(
    (text) =>
      new Map(text.split(',').map((entry) => entry.trim().split('=') as [string, string])) as ReadonlyMap<
        string,
        string
      >,
  );
/** Without this look a key that cannot be read would refuse every event of Wix, one by one. */
const publicKeySchema = z.string().refine(
  (text) => {
    try {
      return createPublicKey(text).asymmetricKeyType === 'rsa';
    } catch {
      return false;
    }
  },
  { error: 'expected an RSA public key as PEM' },
);
const PLAN_PRODUCTS = 'free=free,starter=starter,pro=pro,scale=scale';

const shared = {
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  WIX_API_URL: urlSchema.default('https://www.wixapis.com'),
  WIX_APP_ID: z.string().min(1),
  WIX_APP_SECRET: z.string().min(16),
  TOKEN_KEYS: keysSchema,
  LISTEN_URL: databaseUrlSchema.optional(),
};
const apiSchema = z.object({
  ...shared,
  DATABASE_URL: databaseUrlSchema,
  HOST: z.string().default('127.0.0.1'),
  PORT: count(0, 65_535).default(8080),
  PUBLIC_URL: urlSchema,
  WIX_INSTALLER_URL: urlSchema.default('https://www.wix.com/installer/install'),
  WIX_WEBHOOK_PUBLIC_KEY: publicKeySchema,
  PLAN_PRODUCTS: plansSchema.prefault(PLAN_PRODUCTS),
  CURSOR_SECRET: z.string().min(16),
  ALLOWED_ORIGINS: originsSchema.prefault('https://manage.wix.com'),
  INSTANCE_TOKEN_AGE_MAX_S: count(60, 604_800).default(14_400),
  REQUESTS_PER_MINUTE: count(1, 1_000_000).default(600),
});
const workerSchema = z.object({
  ...shared,
  WORKER_DATABASE_URL: databaseUrlSchema,
  HOST: z.string().default('127.0.0.1'),
  WORKER_PORT: count(0, 65_535).default(8081),
  MODEL_PROVIDER: z.enum(['anthropic', 'openai']),
  MODEL_URL: urlSchema,
  MODEL_KEY: z.string().min(1),
  MODEL_NAME: z.string().min(1),
  WORKER_CONCURRENCY: count(1, 1_000).default(100),
  WORKER_BATCH: count(1, 1_000).default(50),
  ITEMS_PER_SHOP_MAX: count(1, 1_000).default(20),
  LEASE_S: count(2, 3_600).default(60),
  POLL_S: count(1, 3_600).default(5),
  DRAIN_S: count(0, 600).default(20),
});
const tokensSchema = z.object({ WORKER_DATABASE_URL: databaseUrlSchema, TOKEN_KEYS: keysSchema });

export type ApiEnv = z.infer<typeof apiSchema>;
export type WorkerEnv = z.infer<typeof workerSchema>;
export type TokensEnv = z.infer<typeof tokensSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is not complete; the message names every fault and no value. */
export class EnvironmentError extends Error {}

/** @throws {EnvironmentError} */
export const readApiEnv = (env: Environment = process.env): ApiEnv =>
  read(apiSchema, { ...env, DATABASE_URL: env['OPTIMIZER_DATABASE_URL'] || env['DATABASE_URL'] });

/** The worker logs in as a role of its own: WORKER_DATABASE_URL, or one of the others where no roles were made.
 *  @throws {EnvironmentError} */
export const readWorkerEnv = (env: Environment = process.env): WorkerEnv => read(workerSchema, withWorkerUrl(env));

/** @throws {EnvironmentError} */
export const readTokensEnv = (env: Environment = process.env): TokensEnv => read(tokensSchema, withWorkerUrl(env));

function withWorkerUrl(env: Environment): Environment {
  const url = env['WORKER_DATABASE_URL'] || env['OPTIMIZER_DATABASE_URL'] || env['DATABASE_URL'];
  return { ...env, WORKER_DATABASE_URL: url };
}

function read<T>(schema: z.ZodType<T>, env: Environment): T {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message, code }) => {
    const name = path.join('.');
    return `${name}: ${code === 'invalid_type' && env[name] === undefined ? 'is not set' : message}`;
  });
  throw new EnvironmentError(`the environment is not complete:\n  ${faults.join('\n  ')}`);
}
