/** Lines of UTF-8 that a device receives, ended by CR, LF or CR LF. Longer ones are dropped. */
export type TextLines = { readonly push: (chunk: Uint8Array) => readonly string[] };

const cr = 0x0d;
const lf = 0x0a;

export const createTextLines = (lineBytesMax: number): TextLines => {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(lineBytesMax);
  let length = 0;
  let tooLong = false;
  const finish = (): readonly string[] => {
    const text = tooLong || length === 0 ? [] : [decoder.decode(buffer.subarray(0, length))];
    length = 0;
    tooLong = false;
    return text;
  };
  const push = (chunk: Uint8Array): readonly string[] => {
    const lines: string[] = [];
    for (const byte of chunk) {
      if (byte === cr || byte === lf) {
        lines.push(...finish());
      } else if (length === lineBytesMax) {
        tooLong = true;
      } else {
        buffer[length] = byte;
        length += 1;
      }
    }
    return lines;
  };
  return { push };
};
