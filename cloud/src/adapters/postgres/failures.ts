import pg from 'pg';
import { CloudError } from '../../errors.ts';

/**
 * SQLSTATE classes and codes that tell of the moment, not of the words: connection (08), resources
 * (53), shutdown (57P), system (58), internal (XX), a transaction cut short (25P03), serialization
 * and deadlock (40), a lock or statement that took too long.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const momentary = /^(?:08|53|57P|58|XX|25P03|40|55P03|57014)/;

/** A mistake in our own code, such as an int8 that no number can hold. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;

/** What a call on a connection throws → what our callers get. */
export const databaseError = (error: unknown): unknown => {
  const isMomentary =
    error instanceof pg.DatabaseError ? momentary.test(error.code ?? '') : !isBug(error);
  if (!isMomentary) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new CloudError('CL_DATABASE', detail, { cause: error });
};
