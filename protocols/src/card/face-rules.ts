import { affiliationKinds, isAffiliationKind } from './affiliation.ts';
import { hexColour } from './colour.ts';
import { carriesWhiteText, darkenForWhiteText } from './readable-colour.ts';
import { urlCharsMax } from './face-choices.ts';
import type { CardFace } from './face.ts';
import type { Text } from '../text.ts';

/** Browsers drop some of these on the way to another address than the one that is read. */
const hidden = /[\s\\\p{C}]/u;
const withCredentials = /^[^:]*:\/*[^/?#]*@/;

// `URL.canParse` is younger than the browsers that read this.
const urlIn = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
};

export type SafeLink = {
  /** As a browser writes it. */
  readonly url: string;
  /** Punycode where it has other letters than ASCII: what looks alike reads differently. */
  readonly host: string;
};

/** An https address without credentials or hidden characters; else undefined. */
export const safeLink = (text: string): SafeLink | undefined => {
  if (text.length > urlCharsMax || hidden.test(text) || withCredentials.test(text)) {
    return undefined;
  }
  const read = /^https:\/\/[^/]/i.test(text) ? urlIn(text) : undefined;
  if (read === undefined) return undefined;
  const { href, host, protocol, username, password } = read;
  const isSafe = protocol === 'https:' && host !== '' && username === '' && password === '';
  return isSafe && href.length <= urlCharsMax ? { url: href, host } : undefined;
};

export type FaceFault = {
  /** `colour`, `title.zh`, `kinds.student.colour`, `shortcuts.0.url` … */
  readonly at: string;
  readonly fault: 'contrast' | 'words' | 'link';
  /** Of a colour: the nearest darker one that passes. */
  readonly offer?: string;
};

const unseen = /[\p{C}\p{Zl}\p{Zp}]/u;

const wordFaults = (at: string, text: Text): readonly FaceFault[] =>
  (['zh', 'en'] as const)
    .filter((language) => text[language].trim() === '' || unseen.test(text[language]))
    .map((language) => ({ at: `${at}.${language}`, fault: 'words' }));

const colourFaults = (at: string, colour: string): readonly FaceFault[] => {
  if (!hexColour.test(colour)) return [{ at, fault: 'contrast' }];
  if (carriesWhiteText(colour)) return [];
  return [{ at, fault: 'contrast', offer: darkenForWhiteText(colour) }];
};

const kindFaults = ({ kinds }: CardFace): readonly FaceFault[] =>
  affiliationKinds.flatMap((kind) => {
    const { colour, title } = kinds[kind] ?? {};
    return [
      ...(colour === undefined ? [] : colourFaults(`kinds.${kind}.colour`, colour)),
      ...(title === undefined ? [] : wordFaults(`kinds.${kind}.title`, title)),
    ];
  });

/** Why a face of the right form is refused nevertheless; empty = it is not. */
export const faceFaults = (face: CardFace): readonly FaceFault[] => [
  ...colourFaults('colour', face.colour),
  ...wordFaults('title', face.title),
  ...face.shortcuts.flatMap(({ label, url }, i): readonly FaceFault[] => [
    ...wordFaults(`shortcuts.${i}.label`, label),
    ...(safeLink(url) === undefined ? [{ at: `shortcuts.${i}.url`, fault: 'link' as const }] : []),
  ]),
  ...kindFaults(face),
];

/** A face as a card of one kind wears it. */
export type FaceLook = Pick<CardFace, 'colour' | 'title' | 'cover' | 'fields' | 'number'> & {
  readonly shortcuts: { readonly label: Text; readonly url: string; readonly host: string }[];
};

/** @param kind of the card's affiliation; what the face does not know has the common look */
export const lookOf = (face: CardFace, kind: string): FaceLook => {
  const { colour, title, cover, fields, number, shortcuts, kinds } = face;
  const own = isAffiliationKind(kind) ? kinds[kind] : undefined;
  return {
    colour: own?.colour ?? colour,
    title: own?.title ?? title,
    ...{ cover, fields, number },
    shortcuts: shortcuts.flatMap(({ label, url }) => {
      const link = safeLink(url);
      return link === undefined ? [] : [{ label, ...link }];
    }),
  };
};
