import type { LineOutput } from './line.ts';

export type LineVector = {
  readonly source: string;
  /** Bytes as Latin-1 text. */
  readonly bytes: string;
  readonly outputs: readonly LineOutput[];
};

const line = (text: string): LineOutput => ({ kind: 'line', text });
const fault = (name: 'too_long' | 'not_text', bytes: number): LineOutput => ({
  kind: 'fault',
  fault: name,
  bytes,
});

/** For all: `lineBytesMax` 16, everything within `halfLineMaxMs`. */
export const lineVectors: readonly LineVector[] = [
  { source: 'ECMA-6 §8: LF ends a line', bytes: 'BB8\n', outputs: [line('BB8')] },
  { source: 'most heads as shipped: CR suffix', bytes: 'BB8\r', outputs: [line('BB8')] },
  { source: 'RFC 5234 B.1: CRLF', bytes: 'BB8\r\n', outputs: [line('BB8')] },
  { source: 'two lines in one chunk', bytes: 'A1\rB2\r', outputs: [line('A1'), line('B2')] },
  { source: 'mixed ends', bytes: 'A\nB\rC\r\nD\n', outputs: ['A', 'B', 'C', 'D'].map(line) },
  { source: 'empty lines are nothing', bytes: '\r\n\r\n\n\r', outputs: [] },
  { source: 'RFC 9285 §4.2: space is digit 36', bytes: ' A0\r', outputs: [line(' A0')] },
  { source: 'RFC 9285 §4.2: a last space stays', bytes: 'A0 \r', outputs: [line('A0 ')] },
  { source: 'RFC 9285 §4.2: spaces alone', bytes: '   \r', outputs: [line('   ')] },
  { source: 'ASCII 0x20 to 0x7e', bytes: ' ~\r', outputs: [line(' ~')] },
  { source: 'exactly the bound', bytes: `${'x'.repeat(16)}\r`, outputs: [line('x'.repeat(16))] },
  { source: 'one over the bound', bytes: `${'x'.repeat(17)}\r`, outputs: [fault('too_long', 17)] },
  {
    source: 'over the bound, then a good line',
    bytes: `${'x'.repeat(40)}\rBB8\r`,
    outputs: [fault('too_long', 40), line('BB8')],
  },
  { source: 'NUL', bytes: 'A\u0000B\r', outputs: [fault('not_text', 3)] },
  { source: 'DEL', bytes: 'A\u007f\r', outputs: [fault('not_text', 2)] },
  { source: 'TAB is no digit of any code', bytes: 'A\tB\r', outputs: [fault('not_text', 3)] },
  { source: 'RFC 3629: UTF-8 of é', bytes: '\u00c3\u00a9\r', outputs: [fault('not_text', 2)] },
  {
    source: 'RFC 3629 §6: byte order mark',
    bytes: '\u00ef\u00bb\u00bfA\r',
    outputs: [fault('not_text', 4)],
  },
  {
    source: 'noise, then a good line',
    bytes: '\u00ff\u0080\u0001\rBB8\r',
    outputs: [fault('not_text', 3), line('BB8')],
  },
  { source: 'a half line waits', bytes: 'A\rBB8', outputs: [line('A')] },
];
