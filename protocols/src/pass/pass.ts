import { fromHex, toBase64Url, toHex } from '../bytes.ts';
import type { SignatureAlgorithm } from '../primitives.ts';
import { impliedHeader, signedPrefix } from './audience.ts';
import { decodeBase45, encodeBase45 } from './base45.ts';

/** The one-time pass of layout 1: 81 bytes, 122 Base45 characters, a JWS without its header. */
export const passBytes = 81;
export const passChars = 122;
/** What is signed (the JWS payload): layout and algorithm, credential, iat, counter. */
export const passBodyBytes = 17;
export const passSignatureBytes = 64;

const layout = 1;
const offsets = { algorithm: 0, credential: 1, iat: 9, counter: 13 } as const;
const u32Max = 0xffff_ffff;

const algorithmNumbers = { ES256: 1, EdDSA: 2 } as const satisfies Record<
  SignatureAlgorithm,
  number
>;

export type PassFields = {
  readonly alg: SignatureAlgorithm;
  /** 16 lower-case hex digits. */
  readonly credential: string;
  /** Unix seconds: says how fresh the pass is, and nothing else. */
  readonly iat: number;
  /** Strictly increasing per key, 0 … 2^32-1. */
  readonly counter: number;
};

export type Pass = PassFields & {
  readonly layout: typeof layout;
  /** Bytes 0..16. Two passes are the same pass when these are: a signature has a valid twin. */
  readonly body: Uint8Array;
  /** 64 bytes, r ‖ s. */
  readonly signature: Uint8Array;
  /** All 81 bytes. */
  readonly bytes: Uint8Array;
};

export type PassRefusal = 'not_a_pass' | 'unsupported_pass';
export type ParsedPass =
  { readonly ok: true; readonly pass: Pass } | { readonly ok: false; readonly reason: PassRefusal };

type Refused = Extract<ParsedPass, { readonly ok: false }>;

const notAPass: Refused = { ok: false, reason: 'not_a_pass' };
const unsupportedPass: Refused = { ok: false, reason: 'unsupported_pass' };

/** SM2 has its number and no code. */
const reservedAlgorithmNumber = 3;

/** The low nibble of byte 0 in layout 1; numbers that stand for nothing are absent. */
const algorithmRows: Readonly<Record<number, SignatureAlgorithm | Refused>> = {
  [algorithmNumbers.ES256]: 'ES256',
  [algorithmNumbers.EdDSA]: 'EdDSA',
  [reservedAlgorithmNumber]: unsupportedPass,
};

const readFirstByte = (byte: number): SignatureAlgorithm | Refused => {
  const itsLayout = byte >> 4;
  if (itsLayout > layout) return unsupportedPass;
  return (itsLayout === layout ? algorithmRows[byte & 0x0f] : undefined) ?? notAPass;
};

/**
 * Reads the 81 bytes of a pass; nothing is verified. `unsupported_pass` is a later layout or the
 * reserved algorithm in a pass of this length, `not_a_pass` everything else that is not layout 1.
 * The parts of the answer are views into `bytes`.
 */
export const parsePassBytes = (bytes: Uint8Array): ParsedPass => {
  if (bytes.length !== passBytes) return notAPass;
  const alg = readFirstByte(bytes[offsets.algorithm] ?? 0);
  if (typeof alg === 'object') return alg;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pass: Pass = {
    layout,
    alg,
    credential: toHex(bytes.subarray(offsets.credential, offsets.iat)),
    iat: view.getUint32(offsets.iat),
    counter: view.getUint32(offsets.counter),
    body: bytes.subarray(0, passBodyBytes),
    signature: bytes.subarray(passBodyBytes),
    bytes,
  };
  return { ok: true, pass };
};

/** Reads what a scanner read, its line terminator already gone and nothing else: no trimming. */
export const parsePass = (text: string): ParsedPass => {
  // The length first: a scanner line may be megabytes of anything.
  if (text.length !== passChars) return notAPass;
  const bytes = decodeBase45(text);
  return bytes === undefined ? notAPass : parsePassBytes(bytes);
};

const checkU32 = (name: string, value: number): void => {
  if (!Number.isInteger(value) || value < 0 || value > u32Max) {
    throw new RangeError(`${name} of a pass is an unsigned 32-bit integer, not ${value}`);
  }
};

/**
 * The 17 bytes that are signed.
 * @throws RangeError for a credential that is not 16 hex digits, an iat or counter beyond 32 bits:
 * the caller made them, so this is a mistake of the program
 */
export const buildPassBody = ({ alg, credential, iat, counter }: PassFields): Uint8Array => {
  const id = fromHex(credential);
  if (id?.length !== offsets.iat - offsets.credential) {
    throw new RangeError('the credential of a pass is 16 lower-case hex digits');
  }
  checkU32('iat', iat);
  checkU32('counter', counter);
  const body = new Uint8Array(passBodyBytes);
  const view = new DataView(body.buffer);
  body[offsets.algorithm] = (layout << 4) | algorithmNumbers[alg];
  body.set(id, offsets.credential);
  view.setUint32(offsets.iat, iat);
  view.setUint32(offsets.counter, counter);
  return body;
};

/**
 * Body and signature (r ‖ s, as WebCrypto and JWS have it) as the 81 bytes of a pass.
 * @throws RangeError for other lengths
 */
export const assemblePass = (body: Uint8Array, signature: Uint8Array): Uint8Array => {
  if (body.length !== passBodyBytes || signature.length !== passSignatureBytes) {
    throw new RangeError('a pass is 17 bytes of body and 64 bytes of signature');
  }
  const bytes = new Uint8Array(passBytes);
  bytes.set(body);
  bytes.set(signature, passBodyBytes);
  return bytes;
};

/** What goes into the QR code (alphanumeric mode, version 5-M): 122 characters. */
export const passText = (bytes: Uint8Array): string => encodeBase45(bytes);

const base64UrlCodes: Readonly<Uint8Array> = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  (char) => char.charCodeAt(0),
);
const bodyBase64Chars = Math.ceil((passBodyBytes * 4) / 3);

/**
 * The JWS signing input from a prefix made before (`signedPrefix`). The body is written as ASCII
 * straight into the result: this runs for every scan.
 */
export const signingInputAfter = (prefix: Uint8Array, body: Uint8Array): Uint8Array => {
  const input = new Uint8Array(prefix.length + bodyBase64Chars);
  input.set(prefix);
  let end = prefix.length;
  // Writes beyond the end of a typed array are dropped: the fourth character of the last group.
  for (let at = 0; at < passBodyBytes; at += 3) {
    const word = ((body[at] ?? 0) << 16) | ((body[at + 1] ?? 0) << 8) | (body[at + 2] ?? 0);
    input[end] = base64UrlCodes[word >> 18] ?? 0;
    input[end + 1] = base64UrlCodes[(word >> 12) & 63] ?? 0;
    input[end + 2] = base64UrlCodes[(word >> 6) & 63] ?? 0;
    input[end + 3] = base64UrlCodes[word & 63] ?? 0;
    end += 4;
  }
  return input;
};

/** What the phone signs and the gate verifies: `BASE64URL(header) "." BASE64URL(bytes 0..16)`. */
export const signingInput = (pass: Pass | PassFields, audience: string): Uint8Array =>
  signingInputAfter(
    signedPrefix(pass.alg, audience),
    'body' in pass ? pass.body : buildPassBody(pass),
  );

/** The pass as an ordinary JWS in compact form, with the header that it implied. */
export const toCompactJws = (pass: Pass, audience: string): string => {
  const header = impliedHeader(pass.alg, audience);
  return [header, pass.body, pass.signature].map(toBase64Url).join('.');
};
