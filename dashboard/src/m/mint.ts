import {
  assemblePass,
  buildPassBody,
  campusAudience,
  passText,
  payAudience,
  signingInput,
  toBase64Url,
  utf8,
} from '@gatehouse/protocols';

/** ES256 over the bytes: 64 bytes, r ‖ s. The key never leaves the port. */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array>;

/** What the card is held up for. */
export const passKinds = ['door', 'pay'] as const;
export type PassKind = (typeof passKinds)[number];

export const otherKind = (kind: PassKind): PassKind => (kind === 'door' ? 'pay' : 'door');

const audiences: Readonly<Record<PassKind, (campus: string) => string>> = {
  door: campusAudience,
  pay: payAudience,
};

export type Mintable = {
  readonly campus: string;
  readonly kind: PassKind;
  readonly credential: string;
  /** Already saved as used up: a page that dies after this shows no counter twice. */
  readonly counter: number;
  /** Server time as far as the phone knows it. */
  readonly atMs: number;
};

/** The text of a fresh pass, as the QR code carries it. */
export const mintPass = async (from: Mintable, sign: Sign): Promise<string> => {
  const { credential, counter } = from;
  const fields = {
    alg: 'ES256',
    credential,
    iat: Math.floor(from.atMs / 1000),
    counter,
  } as const;
  const signature = await sign(signingInput(fields, audiences[from.kind](from.campus)));
  return passText(assemblePass(buildPassBody(fields), signature));
};

const compactJws = async (typ: string, payload: object, sign: Sign): Promise<string> => {
  const part = (value: unknown): string => toBase64Url(utf8(JSON.stringify(value)));
  const input = `${part({ alg: 'ES256', typ })}.${part(payload)}`;
  return `${input}.${toBase64Url(await sign(utf8(input)))}`;
};

/** Proof that this phone holds the key that it enrols: a compact JWS (`EnrolBody`). */
export const enrolProof = (
  from: { readonly nonce: string; readonly rawKey: Uint8Array },
  sign: Sign,
): Promise<string> => {
  const payload = { nonce: from.nonce, key: toBase64Url(from.rawKey) };
  return compactJws('gate-enrol+jws', payload, sign);
};

/** Proof that the enrolled key still lives on this phone: a compact JWS (`KeepBody`). */
export const keepProof = (
  from: { readonly nonce: string; readonly credential: string },
  sign: Sign,
): Promise<string> => compactJws('gate-keep+jws', from, sign);

/**
 * How far the server's clock is ahead of this one, from one question: the answer was made half-way
 * between asking and hearing.
 */
export const clockOffsetMs = (asked: {
  readonly sentMs: number;
  readonly heardMs: number;
  readonly serverMs: number;
}): number => Math.round(asked.serverMs - (asked.sentMs + asked.heardMs) / 2);
