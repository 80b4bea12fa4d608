import { execFileSync } from 'node:child_process';

/** Runs git in a folder, with nothing of whoever runs the tests. */
export function git(folder: string, ...args: readonly string[]): string {
  const env = { PATH: '/usr/bin:/bin', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const who = ['-c', 'user.name=A Person', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', folder, ...who, ...args], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Makes a folder a repository with everything in it committed on `main`. */
export function commitAll(folder: string, message = 'first'): void {
  git(folder, 'init', '--quiet', '--initial-branch=main');
  commit(folder, message);
}

export function commit(folder: string, message: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
}
