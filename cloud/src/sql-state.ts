/**
 * The SQLSTATE with which PostgreSQL refused, or '' for an error that is not PostgreSQL's own.
 * Looks through a CloudError at its cause.
 */
export const sqlStateOf = (error: unknown): string => {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)) {
    return error.code;
  }
  return sqlStateOf(error.cause);
};

/** What it refused lies in the values, not in the moment: the same values never get in. */
export const isRefusedValue = (error: unknown): boolean => /^(?:22|54)/.test(sqlStateOf(error));
