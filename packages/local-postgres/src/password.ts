import { randomBytes } from 'node:crypto';

/** A random password that needs no percent-encoding. */
export const newPassword = (): string => randomBytes(18).toString('base64url');
