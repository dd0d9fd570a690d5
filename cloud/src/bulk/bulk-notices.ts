import { isAffiliationKind, uidEnd } from '@gatehouse/protocols';
import type { Text } from '@gatehouse/protocols';
import type { Told } from '../cards/tell-holder.ts';
import { kindWords, uidWords } from '../people/kind-words.table.ts';
import { takenBack } from './bulk-words.table.ts';
import type { Days } from './days.ts';
import type { KnownRow } from './known-rows.ts';
import type { CardState, Chip, NewCard } from './write-cards.ts';

/** What holders are told of a file: the same as where a clerk does it, in the same words. */

const nameOf = ({ nameZh: zh, nameEn: en }: Pick<CardState, 'nameZh' | 'nameEn'>): Text => ({
  ...{ zh, en },
});

export const issuedNotice = (card: NewCard, days: Days): Told => {
  const { person, number, kind, validTo } = card;
  const words = isAffiliationKind(kind) ? kindWords[kind] : kind;
  // The end is the first moment after the last day.
  const to = days.of(validTo.getTime() - 1);
  return { person, name: nameOf(card), kind: 'card.issued', data: { number, kind: words, to } };
};

export const endedNotice = (card: KnownRow): Told => ({
  ...{ person: card.person, name: nameOf(card), kind: 'card.ended' },
  data: { number: card.number, reason: takenBack },
});

/** Of chips that ended, then of the one that opens doors from now on. */
export const chipNotices = (state: CardState): readonly Told[] => {
  const told = (kind: 'uid.ended' | 'uid.given', chip: Chip): Told => ({
    ...{ person: state.person, name: nameOf(state), kind },
    data: { kind: uidWords[chip.kind], tail: uidEnd(chip.uid) },
  });
  return [
    ...state.uidsDead.map((chip) => told('uid.ended', chip)),
    ...(state.uidNew === null ? [] : [told('uid.given', state.uidNew)]),
  ];
};
