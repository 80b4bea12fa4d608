import { openSession, type Session, type SessionOptions } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';

/** Runs `body` on a session of its own. A failure of the connection names the target, and one of the role the GRANT.
 *  @throws {DbError} what connecting can throw; any other error as it is */
export async function onSession<T>(
  target: Target,
  options: SessionOptions,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  await using session = await openSession(target, options);
  try {
    return await body(session);
  } catch (error) {
    throw connectionCode(error) === undefined ? error : fromConnection(error, target);
  }
}
