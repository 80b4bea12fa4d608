import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { DbClientError } from '../errors.ts';
import { clientCodecs } from './query/codecs.ts';
import { memoizeMappers } from './query/row-mappers.ts';

/** For `.where(everyRow)`: says that all rows are meant. */
export const everyRow: SQL<boolean> = sql<boolean>`true`;

/** drizzle's dialect, which refuses to update or delete without a condition: `and(undefined)` is none. */
export class ClientDialect extends PgDialect {
  constructor() {
    super({ codecs: clientCodecs });
    Object.assign(this.mapperGenerators, { rows: memoizeMappers(this.mapperGenerators.rows) });
  }

  override buildUpdateQuery(config: Parameters<PgDialect['buildUpdateQuery']>[0]): SQL {
    requireWhere('update', config.where);
    return super.buildUpdateQuery(config);
  }

  override buildDeleteQuery(config: Parameters<PgDialect['buildDeleteQuery']>[0]): SQL {
    requireWhere('delete', config.where);
    return super.buildDeleteQuery(config);
  }
}

/** @throws {DbClientError} DB_CLIENT_NO_WHERE */
function requireWhere(verb: string, where: SQL | undefined): void {
  if (where !== undefined) return;
  throw new DbClientError('DB_CLIENT_NO_WHERE', `${verb} without where; say .where(everyRow) if all rows are meant`);
}
