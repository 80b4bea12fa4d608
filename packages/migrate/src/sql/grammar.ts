/** The parts of libpg-query that are used, under their own names: a bundle gives a CommonJS package only a default export where it is
 *  imported dynamically. */
export { fingerprintSync, loadModule, parseSync, SqlError, scanSync } from 'libpg-query';
