import { affiliationKinds } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import type { AffiliationDraft } from './affiliation-draft.ts';
import { GroupsField } from './groups-field.tsx';
import { SponsorField } from './sponsor-field.tsx';
import { TextField } from './text-field.tsx';

type Props = {
  readonly draft: AffiliationDraft;
  readonly onChange: (draft: AffiliationDraft) => void;
};

const CardFields = ({ draft, onChange }: Props) => {
  const { t } = useWords();
  const { kind, wantsCard, to } = draft;
  const isVisitor = kind === 'visitor';
  return (
    <>
      {isVisitor ? null : (
        <label className="people-check">
          <input
            type="checkbox"
            checked={wantsCard}
            onChange={({ currentTarget }) => {
              onChange({ ...draft, wantsCard: currentTarget.checked });
            }}
          />
          {t('people.withCard')}
        </label>
      )}
      {wantsCard || isVisitor ? (
        <>
          <TextField
            label={t('people.number')}
            value={draft.number}
            maxLength={20}
            isWanted={!isVisitor}
            hint={isVisitor ? t('people.numberDrawn') : ''}
            onChange={(number) => {
              onChange({ ...draft, number });
            }}
          />
          {to === '' ? (
            <TextField
              label={t('people.cardTo')}
              type="date"
              value={draft.cardTo}
              min={draft.from}
              onChange={(cardTo) => {
                onChange({ ...draft, cardTo });
              }}
            />
          ) : null}
          <GroupsField
            chosen={draft.groups}
            onChange={(groups) => {
              onChange({ ...draft, groups });
            }}
          />
        </>
      ) : null}
    </>
  );
};

/** What somebody is to the school, from when until when, and the card that goes with it. */
export const AffiliationFields = ({ draft, onChange }: Props) => {
  const { t } = useWords();
  const { kind } = draft;
  return (
    <div className="people-form">
      <label className="people-field">
        <span>{t('people.kind')}</span>
        <select
          className="field"
          value={kind}
          onChange={({ currentTarget }) => {
            const chosen = affiliationKinds.find((each) => each === currentTarget.value) ?? kind;
            onChange({ ...draft, kind: chosen });
          }}
        >
          {affiliationKinds.map((each) => (
            <option key={each} value={each}>
              {t(`affiliation.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField
        label={t('people.unitZh')}
        value={draft.unitZh}
        onChange={(unitZh) => {
          onChange({ ...draft, unitZh });
        }}
      />
      <TextField
        label={t('people.unitEn')}
        value={draft.unitEn}
        maxLength={80}
        onChange={(unitEn) => {
          onChange({ ...draft, unitEn });
        }}
      />
      <TextField
        label={t('people.from')}
        type="date"
        value={draft.from}
        onChange={(from) => {
          onChange({ ...draft, from });
        }}
      />
      <TextField
        label={t(kind === 'visitor' ? 'people.to' : 'people.toMaybe')}
        type="date"
        value={draft.to}
        min={draft.from}
        isWanted={kind === 'visitor'}
        onChange={(to) => {
          onChange({ ...draft, to });
        }}
      />
      {kind === 'visitor' ? (
        <SponsorField
          sponsor={draft.sponsor}
          onChange={(sponsor) => {
            onChange({ ...draft, sponsor });
          }}
        />
      ) : null}
      <CardFields draft={draft} onChange={onChange} />
    </div>
  );
};
