import { createDb } from '@repo/db';
import { TokenVault } from './crypto/token-vault.ts';
import { EnvironmentError, readTokensEnv } from './env.ts';
import { rotateTokens } from './services/rotate-tokens.ts';

/** `tokens rotate`: one line on stdout, exit 0; 64 for another word or a faulty environment, 1 where tokens do not open. */
async function main(words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'rotate') {
    process.stderr.write('usage: tokens rotate\n');
    return 64;
  }
  try {
    const env = readTokensEnv();
    await using db = createDb({
      domain: 'optimizer',
      url: env.WORKER_DATABASE_URL,
      app: 'optimizer-tokens',
      profile: 'script',
    });
    const { shops, resealed } = await rotateTokens(db, new TokenVault(env.TOKEN_KEYS));
    process.stdout.write(`${shops} shops, ${resealed} sealed anew\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof EnvironmentError ? 64 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
