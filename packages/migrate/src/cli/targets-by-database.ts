import type { DomainConfig } from '../config/config.ts';
import type { Target } from '../connect/target.ts';
import type { Context } from './command.ts';

export interface DatabaseTarget {
  readonly target: Target;
  /** The domains that share it. */
  readonly domains: readonly DomainConfig[];
}

/** The databases of the domains that were asked for, each once. */
export function targetsByDatabase({ domains, target }: Context): readonly DatabaseTarget[] {
  const targets = domains.map((domain) => ({ domain, target: target(domain) }));
  return [...Map.groupBy(targets, (one) => one.target.url).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ target: first.target, domains: group.map(({ domain }) => domain) }];
  });
}
