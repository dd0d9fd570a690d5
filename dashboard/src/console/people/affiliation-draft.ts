import type {
  AffiliationKind,
  IssueBody,
  NewAffiliationBody,
  PersonView,
} from '@gatehouse/protocols';

/** What stands in the form: text, until it is sent. */
export type AffiliationDraft = {
  readonly kind: AffiliationKind;
  readonly unitZh: string;
  readonly unitEn: string;
  readonly from: string;
  /** Empty: nobody has said until when. */
  readonly to: string;
  readonly sponsor: PersonView | null;
  readonly wantsCard: boolean;
  readonly number: string;
  readonly groups: readonly string[];
  /** Of the card, where the affiliation has no end. */
  readonly cardTo: string;
};

export const emptyDraft = (kind: AffiliationKind, today: string): AffiliationDraft => ({
  ...{ kind, unitZh: '', unitEn: '', from: today, to: kind === 'visitor' ? today : '' },
  ...{ sponsor: null, wantsCard: true, number: '', groups: [], cardTo: '' },
});

/** Null where a number is missing that only a visitor's card draws. */
const cardIn = (draft: AffiliationDraft): IssueBody | null => {
  const { kind, number, groups, to, cardTo } = draft;
  if (number.trim() === '' && kind !== 'visitor') return null;
  return {
    number: number.trim() === '' ? null : number.trim(),
    groups: [...groups],
    ...(to === '' && cardTo !== '' ? { to: cardTo } : {}),
  };
};

const isReady = (draft: AffiliationDraft): boolean => {
  const { kind, unitZh, unitEn, from, to, sponsor, wantsCard, cardTo } = draft;
  if (unitZh.trim() === '' || unitEn.trim() === '' || from === '') return false;
  if (kind === 'visitor') return to !== '' && sponsor !== null;
  return !wantsCard || (cardIn(draft) !== null && (to !== '' || cardTo !== ''));
};

/** What is sent; null while something is missing. */
export const affiliationIn = (draft: AffiliationDraft): NewAffiliationBody | null => {
  if (!isReady(draft)) return null;
  const { kind, unitZh, unitEn, from, to, sponsor, wantsCard } = draft;
  return {
    ...{ kind, unit: { zh: unitZh.trim(), en: unitEn.trim() }, from, to: to === '' ? null : to },
    sponsor: kind === 'visitor' ? (sponsor?.id ?? null) : null,
    card: wantsCard || kind === 'visitor' ? cardIn(draft) : null,
  };
};
