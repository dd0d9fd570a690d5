/** What a photo of a person may be: small, of two formats, of a sensible size. */
export const photoBytesMax = 200 * 1024;
const sideMin = 120;
const sideMax = 2_000;

export type PhotoType = 'image/jpeg' | 'image/png';
type Size = { readonly width: number; readonly height: number };

const startsWith = (bytes: Uint8Array, start: readonly number[], at = 0): boolean =>
  start.every((byte, i) => bytes[at + i] === byte);

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const ihdr = [0x49, 0x48, 0x44, 0x52] as const;

/** PNG (third edition) §5.2, §11.2.1: the header chunk comes first. */
const pngSize = (bytes: Uint8Array): Size | undefined => {
  if (!startsWith(bytes, pngStart) || !startsWith(bytes, ihdr, 12) || bytes.length < 33) {
    return undefined;
  }
  const side = (at: number): number => word(bytes, at) * 65_536 + word(bytes, at + 2);
  return { width: side(16), height: side(20) };
};

/** Frame headers SOF0 … SOF15, without the tables that lie among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** ITU-T T.81 annex B: segments, each with its length, up to the header of the frame. */
const jpegSize = (bytes: Uint8Array): Size | undefined => {
  if (!startsWith(bytes, [0xff, 0xd8, 0xff])) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (isFrame(marker)) return { height: word(bytes, at + 5), width: word(bytes, at + 7) };
    const length = word(bytes, at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
};

const formats: readonly {
  readonly type: PhotoType;
  readonly sizeOf: (bytes: Uint8Array) => Size | undefined;
}[] = [
  { type: 'image/png', sizeOf: pngSize },
  { type: 'image/jpeg', sizeOf: jpegSize },
];

const fits = (side: number): boolean => side >= sideMin && side <= sideMax;

/** What the bytes themselves say they are, whatever was claimed; undefined: they do not fit. */
export const photoTypeOf = (bytes: Uint8Array): PhotoType | undefined => {
  if (bytes.length > photoBytesMax) return undefined;
  return formats.find(({ sizeOf }) => {
    const size = sizeOf(bytes);
    return size !== undefined && fits(size.width) && fits(size.height);
  })?.type;
};
