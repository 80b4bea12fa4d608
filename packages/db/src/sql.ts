/** The door for conditions: drizzle's operators, of the one copy of drizzle that the tables are made with. An operator of another copy
 *  builds SQL that this one does not recognise. */
export {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  not,
  notInArray,
  or,
  sql,
} from 'drizzle-orm';
