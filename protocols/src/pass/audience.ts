import { toBase64Url, utf8 } from '../bytes.ts';
import { isId } from '../ids.ts';
import type { SignatureAlgorithm } from '../primitives.ts';

/** What a pass is for. A pass of one kind is worth nothing where another kind is read. */
export type AudienceKind = 'door' | 'pay' | 'attend';

type Form = {
  readonly kind: AudienceKind;
  /** Segments after the campus; `*` stands for one id. */
  readonly segments: readonly string[];
  readonly mayBeDuress: boolean;
};

const forms: readonly Form[] = [
  { kind: 'door', segments: [], mayBeDuress: true },
  { kind: 'door', segments: ['zone', '*'], mayBeDuress: true },
  { kind: 'door', segments: ['door', '*'], mayBeDuress: true },
  { kind: 'pay', segments: ['pay'], mayBeDuress: false },
  { kind: 'attend', segments: ['attend', '*'], mayBeDuress: false },
];

const duressSegment = 'duress';

/** Any door of the campus that is not told otherwise: what the phone shows by default. */
export const campusAudience = (campus: string): string => campus;
export const zoneAudience = (place: { readonly campus: string; readonly zone: string }): string =>
  `${place.campus}/zone/${place.zone}`;
/** One door, asked for over the network. */
export const doorAudience = (place: { readonly campus: string; readonly door: string }): string =>
  `${place.campus}/door/${place.door}`;
export const payAudience = (campus: string): string => `${campus}/pay`;
export const attendAudience = (to: { readonly campus: string; readonly session: string }): string =>
  `${to.campus}/attend/${to.session}`;
/** The silent alarm of a door audience: it opens as usual and somebody is told. */
export const duressAudience = (audience: string): string => `${audience}/${duressSegment}`;

const fits = (form: Form, segments: readonly string[]): boolean =>
  form.segments.length === segments.length &&
  form.segments.every((wanted, i) => wanted === '*' || wanted === segments[i]);

const readAudience = (
  audience: string,
): { readonly kind: AudienceKind; readonly duress: boolean } | undefined => {
  const [campus = '', ...segments] = audience.split('/');
  if (!isId(campus) || !segments.every(isId)) return undefined;
  // No form ends in a fixed `duress`, but an id may be that word: the plain reading comes first.
  const plain = forms.find((form) => fits(form, segments));
  if (plain !== undefined) return { kind: plain.kind, duress: false };
  if (segments.at(-1) !== duressSegment) return undefined;
  const under = forms.find((form) => form.mayBeDuress && fits(form, segments.slice(0, -1)));
  return under === undefined ? undefined : { kind: under.kind, duress: true };
};

/** Undefined where the text is no audience of a pass. */
export const kindOf = (audience: string): AudienceKind | undefined => readAudience(audience)?.kind;

/**
 * The protected header that a pass implies and never carries, as UTF-8 JSON: every signer and every
 * verifier makes it here, because one other byte (a space, another order) voids the signature.
 */
export const impliedHeader = (alg: SignatureAlgorithm, audience: string): Uint8Array =>
  utf8(JSON.stringify({ alg, typ: 'gate+jws', aud: audience }));

/** The first part of the signing input, `BASE64URL(header) "."`, as ASCII. */
export const signedPrefix = (alg: SignatureAlgorithm, audience: string): Uint8Array =>
  utf8(`${toBase64Url(impliedHeader(alg, audience))}.`);

/** An audience with all that judging needs, made once per reader and not once per scan. */
export type PreparedAudience = {
  readonly audience: string;
  readonly kind: AudienceKind;
  readonly duress: boolean;
  readonly prefixes: Readonly<Record<SignatureAlgorithm, Uint8Array>>;
};

/** What one reader accepts, and what it recognizes only to say `wrong_kind`. */
export type ReaderAudiences = {
  readonly accepted: readonly PreparedAudience[];
  readonly otherKind: readonly PreparedAudience[];
};

/** Each audience more is one signature check more for a pass that fits none. */
export const acceptedAudiencesMax = 4;
export const otherKindAudiencesMax = 2;

const prepare = (audience: string): PreparedAudience => {
  const read = readAudience(audience);
  if (read === undefined) throw new RangeError(`not an audience of a pass: ${audience}`);
  const prefixes = {
    ES256: signedPrefix('ES256', audience),
    EdDSA: signedPrefix('EdDSA', audience),
  };
  return { audience, ...read, prefixes };
};

/**
 * @param accepted the most frequent first: they are tried in this order
 * @throws RangeError for more audiences than the bounds allow, for none, for a text that is no
 * audience, and where the other kind is a kind that is accepted: all are mistakes of the program
 */
export const prepareAudiences = (
  accepted: readonly string[],
  otherKind: readonly string[] = [],
): ReaderAudiences => {
  const inBounds =
    accepted.length >= 1 &&
    accepted.length <= acceptedAudiencesMax &&
    otherKind.length <= otherKindAudiencesMax;
  if (!inBounds) throw new RangeError('a reader has 1 to 4 audiences and 0 to 2 of another kind');
  const prepared = { accepted: accepted.map(prepare), otherKind: otherKind.map(prepare) };
  const kinds = new Set(prepared.accepted.map(({ kind }) => kind));
  const clash = prepared.otherKind.find(({ kind }) => kinds.has(kind));
  if (clash !== undefined) throw new RangeError(`${clash.audience} is of an accepted kind`);
  return prepared;
};

const withDuress = (audience: string): readonly string[] => [audience, duressAudience(audience)];

/** A scanner at a door: passes for the whole campus and, if it lies in a zone, for that zone. */
export const doorReaderAudiences = (place: {
  readonly campus: string;
  readonly zone?: string;
}): ReaderAudiences => {
  const { campus, zone } = place;
  const ofZone = zone === undefined ? [] : withDuress(zoneAudience({ campus, zone }));
  return prepareAudiences(
    [...withDuress(campusAudience(campus)), ...ofZone],
    [payAudience(campus)],
  );
};

/** A phone that asks for one door over the network: no pass made for another use fits. */
export const doorRequestAudiences = (place: {
  readonly campus: string;
  readonly door: string;
}): ReaderAudiences =>
  prepareAudiences(withDuress(doorAudience(place)), [payAudience(place.campus)]);

/** A till or a POS terminal. */
export const payReaderAudiences = (campus: string): ReaderAudiences =>
  prepareAudiences([payAudience(campus)], withDuress(campusAudience(campus)));

/** A roll-call of one roster session. */
export const attendReaderAudiences = (to: {
  readonly campus: string;
  readonly session: string;
}): ReaderAudiences =>
  prepareAudiences([attendAudience(to)], [campusAudience(to.campus), payAudience(to.campus)]);
