import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes the commands of a program and the flags of each. Pure. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: command.options.flatMap(({ long }) => long ?? []),
  }));
  if (shell === 'fish') return fish(commands);
  // zsh runs bash's own completion functions.
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}` : bash(commands);
}

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
}

function bash(commands: readonly Completed[]): string {
  return [
    '_db() {',
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" command="" word words`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    '    case "$word" in -*) ;; *) command="$word"; break ;; esac',
    '  done',
    '  case "$command" in',
    `    "") words="${commands.map(({ name }) => name).join(' ')}" ;;`,
    ...commands.map(({ name, flags }) => `    ${name}) words="${flags.join(' ')}" ;;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _db db',
  ].join('\n');
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    'complete -c db -f',
    ...commands.map(({ name, summary }) => `complete -c db -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    ...commands.flatMap(({ name, flags }) =>
      flags.map((flag) => `complete -c db -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`),
    ),
  ].join('\n');
}
