import { faceCovers, faceFaults, faceNumbers, titleCharsMax } from '@gatehouse/protocols';
import type { CardFace, CardFaceView } from '@gatehouse/protocols';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { faceRoutes } from '../../api/face-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { isSame } from './card-face-draft.ts';
import './card-face.css';
import { FaceColour } from './face-colour.tsx';
import { FaceFields } from './face-fields.tsx';
import { FaceKinds } from './face-kinds.tsx';
import { FacePreview } from './face-preview.tsx';
import { FaceShortcutFields } from './face-shortcuts.tsx';
import { FaceText } from './face-text.tsx';
import './settings.css';

const queryKey = ['card-face'];

type DraftProps = {
  readonly draft: CardFace;
  readonly onDraft: (draft: CardFace) => void;
};

/** Of a closed list, one. */
const OneOf = <Id extends string>({
  name,
  ids,
  chosen,
  textOf,
  onChoose,
}: {
  readonly name: string;
  readonly ids: readonly Id[];
  readonly chosen: Id;
  readonly textOf: (id: Id) => string;
  readonly onChoose: (id: Id) => void;
}) => (
  <div className="face-choices">
    {ids.map((id) => (
      <label key={id}>
        <input
          type="radio"
          name={name}
          checked={id === chosen}
          onChange={() => {
            onChoose(id);
          }}
        />
        {textOf(id)}
      </label>
    ))}
  </div>
);

const LookPanel = ({ draft, onDraft }: DraftProps) => {
  const { t } = useWords();
  return (
    <Panel title={t('cardFace.look')}>
      <FaceColour
        label={t('cardFace.all')}
        colour={draft.colour}
        onColour={(colour) => {
          onDraft({ ...draft, colour });
        }}
      />
      <FaceText
        label={t('cardFace.title')}
        text={draft.title}
        charsMax={titleCharsMax}
        onText={(title) => {
          onDraft({ ...draft, title });
        }}
      />
      <fieldset>
        <legend>{t('cardFace.cover.label')}</legend>
        <OneOf
          name="cover"
          ids={faceCovers}
          chosen={draft.cover}
          textOf={(id) => t(`cardFace.cover.${id}`)}
          onChoose={(cover) => {
            onDraft({ ...draft, cover });
          }}
        />
      </fieldset>
    </Panel>
  );
};

const FieldsPanel = ({ draft, onDraft }: DraftProps) => {
  const { t } = useWords();
  return (
    <Panel title={t('cardFace.fields.label')}>
      <FaceFields
        face={draft}
        onFields={(fields) => {
          onDraft({ ...draft, fields });
        }}
      />
      {draft.fields.includes('number') ? (
        <fieldset>
          <legend>{t('cardFace.field.number')}</legend>
          <OneOf
            name="number"
            ids={faceNumbers}
            chosen={draft.number}
            textOf={(id) => t(`cardFace.number.${id}`)}
            onChoose={(number) => {
              onDraft({ ...draft, number });
            }}
          />
        </fieldset>
      ) : null}
    </Panel>
  );
};

/** Whoever leaves with something unsaved is asked, within the console and by the browser. */
const AskBeforeLeaving = ({ isChanged }: { readonly isChanged: boolean }) => {
  const { t } = useWords();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isChanged,
    enableBeforeUnload: isChanged,
    disabled: !isChanged,
    withResolver: true,
  });
  if (status !== 'blocked') return null;
  return (
    <dialog
      className="face-leave"
      aria-labelledby="face-leave"
      ref={(element) => {
        if (element !== null && !element.open) element.showModal();
      }}
      onClose={reset}
    >
      <p id="face-leave">{t('cardFace.leave.text')}</p>
      <div className="settings-save">
        <button type="button" className="button main" onClick={reset}>
          {t('cardFace.leave.stay')}
        </button>
        <button type="button" className="button danger" onClick={proceed}>
          {t('cardFace.leave.go')}
        </button>
      </div>
    </dialog>
  );
};

type SaveState = 'editing' | 'saving' | 'saved';

const SaveBar = ({
  state,
  isChanged,
  isWrong,
  onReset,
  onDefault,
}: {
  readonly state: SaveState;
  readonly isChanged: boolean;
  readonly isWrong: boolean;
  readonly onReset: () => void;
  readonly onDefault: () => void;
}) => {
  const { t } = useWords();
  const told = (): string => {
    if (isWrong) return t('cardFace.wrong');
    if (isChanged) return t('cardFace.changed');
    return state === 'saved' ? t('cardFace.saved') : '';
  };
  return (
    <div className="settings-save">
      <button
        type="submit"
        className="button main"
        disabled={!isChanged || isWrong || state === 'saving'}
      >
        {t('settings.save')}
      </button>
      <button type="button" className="button" disabled={!isChanged} onClick={onReset}>
        {t('cardFace.reset')}
      </button>
      <button type="button" className="button" onClick={onDefault}>
        {t('cardFace.default')}
      </button>
      <span role="status" className={isWrong ? 'tone-denied' : 'quiet'}>
        {told()}
      </span>
    </div>
  );
};

const Editor = ({ view }: { readonly view: CardFaceView }) => {
  const { t } = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(view.face);
  const [state, setState] = useState<SaveState>('editing');
  const [error, setError] = useState<unknown>(null);
  const isChanged = !isSame(draft, view.face);
  const onDraft = (next: CardFace): void => {
    setState('editing');
    setDraft(next);
  };
  const save = async (): Promise<void> => {
    setState('saving');
    setError(null);
    try {
      const saved = await faceRoutes.save({ face: draft, version: view.version });
      client.setQueryData(queryKey, saved);
      setDraft(saved.face);
      setState('saved');
    } catch (failure) {
      setState('editing');
      setError(failure);
    }
  };
  return (
    <div className="face-page">
      <AskBeforeLeaving isChanged={isChanged} />
      <form
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <LookPanel draft={draft} onDraft={onDraft} />
        <FieldsPanel draft={draft} onDraft={onDraft} />
        <Panel title={t('cardFace.shortcuts.title')}>
          <FaceShortcutFields
            shortcuts={draft.shortcuts}
            onShortcuts={(shortcuts) => {
              onDraft({ ...draft, shortcuts });
            }}
          />
        </Panel>
        <Panel title={t('cardFace.kinds.label')}>
          <p className="quiet">{t('cardFace.kinds.text')}</p>
          <FaceKinds
            face={draft}
            onKinds={(kinds) => {
              onDraft({ ...draft, kinds });
            }}
          />
        </Panel>
        {error === null ? null : <ErrorNote error={error} />}
        <SaveBar
          state={state}
          isChanged={isChanged}
          isWrong={faceFaults(draft).length > 0}
          onReset={() => {
            onDraft(view.face);
          }}
          onDefault={() => {
            onDraft(view.fallback);
          }}
        />
      </form>
      <Panel title={t('cardFace.preview.label')} className="face-preview-panel">
        <FacePreview face={draft} before={view.face.colour} />
      </Panel>
    </div>
  );
};

/** How the school's cards look on phones. */
export const CardFacePage = () => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({
    ...{ queryKey, queryFn: faceRoutes.view },
    // What somebody else saved meanwhile is told when this one is saved, and not while one types.
    refetchOnReconnect: false,
  });
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('cardFace.heading')}</h1>
        <Link to="/settings">{t('cardFace.back')}</Link>
      </header>
      {data === undefined ? null : <Editor view={data} />}
      {data === undefined && error !== null ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
    </div>
  );
};
