/** Faults in the order of migration names: two folders that share a timestamp (their slugs would decide the order), and a timestamp
 *  that lies in the future (everything written until then would come late). Pure; `now` is a moment in UTC. */
export function nameOrderFaults(names: readonly string[], now: Date): readonly string[] {
  const stamps = names.map((name) => name.slice(0, 14));
  const tomorrow = new Date(now.getTime() + 86_400_000).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const shared = names.filter((name) => stamps.filter((stamp) => stamp === name.slice(0, 14)).length > 1);
  const future = names.filter((name) => name.slice(0, 14) > tomorrow);
  return [
    ...shared.map((name) => `${name}: another migration has the same timestamp; generate one of them again`),
    ...future.map(
      (name) => `${name}: the timestamp lies in the future, so later migrations would come late; generate it again`,
    ),
  ];
}
