import type { ApplyEvent } from '../apply/report.ts';
import { describeBuild } from '../contract/build.ts';
import { countOf } from '../errors/count-of.ts';
import { describeBlocker } from '../lock/blockers.ts';
import { describeNotAnswered } from '../preflight/describe.ts';
import type { LogLine } from './logger.ts';

/** The line that an event leaves in an application's log; no secret and no row value is in it. */
export function logLine(event: ApplyEvent): LogLine {
  const line = (message: string, level: LogLine['level'] = 'info'): LogLine => ({
    level,
    message: `${event.domain}: ${message}`,
    fields: fieldsOf(event),
  });
  switch (event.type) {
    case 'waiting':
      return line(`waiting for another migrator${event.holder === undefined ? '' : `, pid ${event.holder.pid}`}`);
    case 'applying':
      return line(`applying ${event.name}`);
    case 'applied':
      return line(`applied ${event.name} in ${event.ms} ms${event.late ? ', late' : ''}`);
    case 'blocked':
      return line(`${event.name} waits outside the lock queue: ${describeBlocker(event.blocker)}`, 'warn');
    case 'progress':
      return line(`${event.name}: ${event.phase}`);
    case 'backfilling':
      return line(`backfill ${event.backfill}: ${event.rowsDone} of ${event.rowsTotal} rows`);
    case 'backfilled':
      return line(`backfill ${event.backfill} done: ${countOf(event.rows, 'row')} in ${event.ms} ms`);
    case 'not answered':
      return line(`rows not asked: ${describeNotAnswered(event)}`, 'warn');
    case 'recorded':
      return line('the live catalog is recorded as what the migrations gave');
    case 'held':
      return line(`${event.name} waits for older builds to end: ${event.builds.map(describeBuild).join(', ')}`);
    case 'abandoned':
      return line(`half done, and there is no file: ${event.names.join(', ')}`, 'warn');
    case 'ahead':
      return line(`the database is newer than this build: ${event.names.join(', ')}`, 'warn');
  }
}

/** `name` is the program's own in many logs, so a migration's is `migration`. */
function fieldsOf({ type, ...facts }: ApplyEvent): Readonly<Record<string, unknown>> {
  if (!('name' in facts)) return { event: `db.${type}`, ...facts };
  const { name, ...rest } = facts;
  return { event: `db.${type}`, migration: name, ...rest };
}
