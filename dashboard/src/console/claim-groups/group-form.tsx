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

const Field = ({
  name,
  value,
  charsMax,
  example,
  onChange,
}: {
  readonly name: 'id' | 'host' | 'port';
  readonly value: string;
  readonly charsMax: number;
  readonly example: string;
  readonly onChange: (value: string) => void;
}) => {
  const { t } = useWords();
  return (
    <label className="claim-field">
      <span>{t(`claimGroups.${name}`)}</span>
      <input
        className="field figures"
        value={value}
        maxLength={charsMax}
        placeholder={example}
        inputMode={name === 'port' ? 'numeric' : 'text'}
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
    </label>
  );
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
      <Field
        name="host"
        value={draft.host}
        charsMax={253}
        example="10.20.0.7"
        onChange={(host) => onDraft({ ...draft, host })}
      />
      <Field
        name="port"
        value={draft.port}
        charsMax={5}
        example="18830"
        onChange={(port) => onDraft({ ...draft, port })}
      />
    </>
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
      {group === null ? (
        <Field
          name="id"
          value={draft.id}
          charsMax={40}
          example="east-gates"
          onChange={(id) => setDraft({ ...draft, id })}
        />
      ) : null}
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
