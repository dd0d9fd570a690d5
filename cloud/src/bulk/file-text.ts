import type { BulkEncoding } from '@gatehouse/protocols';

export type FileText = { readonly text: string; readonly encoding: BulkEncoding };

/**
 * UTF-8, with or without a byte order mark; else GB18030, in which Chinese spreadsheets save. What
 * is neither, or holds NUL as workbooks and UTF-16 do, is no text: undefined.
 */
export const fileText = (bytes: Uint8Array): FileText | undefined => {
  if (bytes.includes(0)) return undefined;
  for (const encoding of ['utf-8', 'gb18030'] as const) {
    try {
      // It drops a byte order mark by itself.
      return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
    } catch {
      // Not this one.
    }
  }
  return undefined;
};
