import type { ClaimGroupsView, ClaimGroupView } from '@gatehouse/protocols';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { claimGroupRoutes } from '../../api/claim-group-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { bodyOf, choicesFor, draftFault, draftOf, withMember } from './group-draft.ts';
import type { Draft } from './group-draft.ts';

export const claimGroupsKey = ['claim-groups'] as const;

type FieldsProps = {
  readonly view: ClaimGroupsView;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
};

const Members = ({ view, draft, onDraft }: FieldsProps) => {
  const { t, pick } = useWords();
  return (
    <fieldset className="claim-members">
      <legend>{t('claimGroups.members')}</legend>
      {choicesFor(view, draft).map(({ gateway, why }) => (
        <label key={gateway.id} className={why === 'free' ? '' : 'quiet'}>
          <input
            type="checkbox"
            checked={draft.members.includes(gateway.id)}
            disabled={why !== 'free'}
            onChange={({ currentTarget }) => {
              onDraft(withMember(draft, gateway.id, currentTarget.checked));
            }}
          />
          <span>
            {pick(gateway.name)}
            {why === 'free' ? null : <small> · {t(`claimGroups.${why}`)}</small>}
            {gateway.knowsClaims ? null : <small> · {t('claimGroups.tooOld')}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
};

const Authority = ({ view, draft, onDraft }: FieldsProps) => {
  const { t, pick } = useWords();
  return (
    <>
      <label className="claim-field">
        <span>{t('claimGroups.authority')}</span>
        <select
          className="field"
          value={draft.authority}
          onChange={({ currentTarget }) => {
            onDraft({ ...draft, authority: currentTarget.value });
          }}
        >
          <option value="">{t('claimGroups.choose')}</option>
          {view.gateways
            .filter(({ id }) => draft.members.includes(id))
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {pick(name)}
              </option>
            ))}
        </select>
      </label>
      <label className="claim-field">
        <span>{t('claimGroups.host')}</span>
        <input
          className="field"
          value={draft.host}
          maxLength={253}
          autoComplete="off"
          spellCheck={false}
          placeholder="10.20.0.7"
          onChange={({ currentTarget }) => {
            onDraft({ ...draft, host: currentTarget.value });
          }}
        />
      </label>
      <label className="claim-field">
        <span>{t('claimGroups.port')}</span>
        <input
          className="field figures"
          value={draft.port}
          inputMode="numeric"
          maxLength={5}
          onChange={({ currentTarget }) => {
            onDraft({ ...draft, port: currentTarget.value });
          }}
        />
      </label>
    </>
  );
};

const IdField = ({ draft, onDraft }: Omit<FieldsProps, 'view'>) => {
  const { t } = useWords();
  return (
    <label className="claim-field">
      <span>{t('claimGroups.id')}</span>
      <input
        className="field"
        value={draft.id}
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        placeholder="east-gates"
        onChange={({ currentTarget }) => {
          onDraft({ ...draft, id: currentTarget.value });
        }}
      />
    </label>
  );
};

/** Changes a group, or makes one where there is none yet. */
export const GroupForm = ({
  view,
  group,
  onDone,
}: {
  readonly view: ClaimGroupsView;
  readonly group: ClaimGroupView | null;
  readonly onDone: () => void;
}) => {
  const { t } = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(group));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const fault = draftFault(draft);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      client.setQueryData(claimGroupsKey, await claimGroupRoutes.save(draft.id, bodyOf(draft)));
      onDone();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const fields = { view, draft, onDraft: setDraft };
  const moves = group !== null && draft.authority !== '' && draft.authority !== group.authority;
  return (
    <form
      className="claim-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === undefined && !isBusy) void save();
      }}
    >
      {group === null ? <IdField {...fields} /> : null}
      <Members {...fields} />
      <Authority {...fields} />
      {moves ? <p className="tone-attention">{t('claimGroups.moves')}</p> : null}
      {error === null ? null : <ErrorNote error={error} />}
      <div className="claim-buttons">
        <button type="submit" className="button main" disabled={fault !== undefined || isBusy}>
          {t('claimGroups.save')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('claimGroups.cancel')}
        </button>
        <span className="quiet" role="status">
          {fault === undefined ? '' : t(`claimGroups.fault.${fault}`)}
        </span>
      </div>
    </form>
  );
};
