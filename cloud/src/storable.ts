/**
 * PostgreSQL's text has no NUL and its jsonb no lone surrogate. Devices send both, and no event may
 * be refused for what a device put into a text: each becomes U+FFFD.
 */
const replacement = '\ufffd';

export const storableText = (text: string): string =>
  text.toWellFormed().replaceAll('\0', replacement);

/**
 * JSON for a jsonb parameter. Passes never travel in open fields: a key `evidence` is left out at
 * every depth.
 * @throws RangeError where a value is nested too deeply
 */
export const jsonbText = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'evidence' ? undefined : inner)).replace(
    // Escapes are read in pairs, so that an escaped backslash before `u0000` stays what it is.
    /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g,
    (escape) => (escape.length === 6 ? replacement : escape),
  );
