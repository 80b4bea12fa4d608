import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes the commands of a program, the flags of each, and the domains behind `--domain`. Where another value is to
 *  come it offers files. Pure. */
export function completionScript(shell: Shell, program: Command, domains: readonly string[]): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: command.options.flatMap(({ long }) => long ?? []),
    valued: command.options.flatMap((option) => (option.isBoolean() ? [] : (option.long ?? []))),
  }));
  if (shell === 'fish') return fish(commands, domains);
  // zsh runs bash's own completion functions.
  return shell === 'zsh'
    ? `autoload -U +X bashcompinit && bashcompinit\n${bash(commands, domains)}`
    : bash(commands, domains);
}

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
  /** Those of them behind which a value stands. */
  readonly valued: readonly string[];
}

function bash(commands: readonly Completed[], domains: readonly string[]): string {
  return [
    '_db() {',
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" command="" valued="" word words`,
    `  local before="\${COMP_WORDS[COMP_CWORD-1]}"`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    '    case "$word" in -*) ;; *) command="$word"; break ;; esac',
    '  done',
    '  case "$command" in',
    `    "") words="${commands.map(({ name }) => name).join(' ')}" ;;`,
    ...commands.map(
      ({ name, flags, valued }) => `    ${name}) words="${flags.join(' ')}" valued="${valued.join(' ')}" ;;`,
    ),
    '  esac',
    '  case " $valued " in *" $before "*) words="" ;; esac',
    `  if [ "$before" = --domain ]; then words="${domains.join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _db db',
  ].join('\n');
}

function fish(commands: readonly Completed[], domains: readonly string[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    'complete -c db -f',
    ...commands.map(({ name, summary }) => `complete -c db -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    ...commands.flatMap(({ name, flags, valued }) =>
      flags.map((flag) => {
        const value =
          flag === '--domain' ? ` -x -a ${quoted(domains.join(' '))}` : valued.includes(flag) ? ' -r -F' : '';
        return `complete -c db -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${value}`;
      }),
    ),
  ].join('\n');
}
