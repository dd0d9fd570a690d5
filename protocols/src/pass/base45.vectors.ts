export type Base45Vector = { readonly source: string; readonly hex: string; readonly text: string };
export type Base45Refusal = { readonly source: string; readonly text: string };

/** Each reads both ways. */
export const base45Vectors: readonly Base45Vector[] = [
  { source: 'RFC 9285 §4.3, example 1 ("AB")', hex: '4142', text: 'BB8' },
  { source: 'RFC 9285 §4.3, example 2 ("Hello!!")', hex: '48656c6c6f2121', text: '%69 VD92EX0' },
  { source: 'RFC 9285 §4.3, example 3 ("base-45")', hex: '626173652d3435', text: 'UJCLQE7W581' },
  { source: 'RFC 9285 §4.4, example 1 ("ietf!")', hex: '6965746621', text: 'QED8WEX0' },
  { source: 'RFC 9285 §4: no bytes', hex: '', text: '' },
  { source: 'RFC 9285 §4: largest pair, 65535', hex: 'ffff', text: 'FGW' },
  { source: 'RFC 9285 §4: largest single byte, 255', hex: 'ff', text: 'U5' },
];

export const base45Refusals: readonly Base45Refusal[] = [
  { source: 'RFC 9285 §6: a group above 65535', text: ':::' },
  { source: 'RFC 9285 §6: 65536', text: 'GGW' },
  { source: 'RFC 9285 §6: a group above 65535', text: 'GGX' },
  { source: 'RFC 9285 §6: a good group, then 65536', text: 'BB8GGW' },
  { source: 'RFC 9285 §4: a single byte above 255', text: 'V5' },
  { source: 'RFC 9285 §4: a single byte above 255', text: '::' },
  { source: 'RFC 9285 §4: length 1 modulo 3', text: '0' },
  { source: 'RFC 9285 §4: length 1 modulo 3', text: 'BB8B' },
  { source: 'RFC 9285 §6: lower case', text: 'bb8' },
  { source: 'RFC 9285 §6: outside the alphabet', text: 'BB!' },
  { source: 'RFC 9285 §6: outside the alphabet, in the last pair', text: 'BB8U_' },
  { source: 'RFC 9285 §6: a line end is no digit', text: 'BB\n' },
  { source: 'RFC 9285 §6: outside ASCII (full-width A)', text: 'BＡ8' },
  { source: 'RFC 9285 §6: outside the BMP', text: '0😀' },
];
