import { profileBytesMax } from '@gatehouse/protocols';
import type { ProfileCheckedView, ProfileFaultView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { RefObject } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { profileRoutes } from '../../api/profile-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { offsetOf } from '../../profile/typed.ts';
import { Panel } from '../panel.tsx';
import { Refusals } from './publish-form.tsx';
import { useMay, useProfileChanged } from './use-profile.ts';
import { VectorResults } from './vectors-panel.tsx';

const route = getRouteApi('/profiles/new');

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const kilobytes = profileBytesMax / 1024;

/** Puts the cursor where a fault is, and that line into view. */
const goTo = (area: HTMLTextAreaElement | null, { line, column }: ProfileFaultView): void => {
  if (area === null) return;
  const at = offsetOf(area.value, line, column);
  const end = area.value.indexOf('\n', at);
  area.focus();
  area.setSelectionRange(at, end < 0 ? area.value.length : end);
  const lineHeightPx = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * lineHeightPx);
};

const Faults = ({
  faults,
  area,
}: {
  readonly faults: readonly ProfileFaultView[];
  readonly area: RefObject<HTMLTextAreaElement | null>;
}) => {
  const { t } = useWords();
  return (
    <div role="status">
      <p className="tone-denied">
        <strong>{t('profiles.editor.faults', { count: faults.length })}</strong>
      </p>
      <ol className="faults">
        {faults.map((fault, i) => (
          <li key={`${i}${fault.path}`}>
            <button
              type="button"
              className="fault"
              onClick={() => {
                goTo(area.current, fault);
              }}
            >
              <span className="figures fault-at">
                {fault.line}:{fault.column}
              </span>
              <span>
                <strong>{fault.message}</strong>
                {fault.path === '' ? null : <code className="quiet">{fault.path}</code>}
                {fault.hint === '' ? null : <span className="quiet">{fault.hint}</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
};

const Sound = ({ checked }: { readonly checked: ProfileCheckedView }) => {
  const { t } = useWords();
  const { id, version, saved, vectors, refusals } = checked;
  if (id === null || version === null) return null;
  return (
    <>
      <p className="tone-granted" role="status">
        <span aria-hidden="true">✓ </span>
        <strong>
          {t(saved ? 'profiles.editor.saved' : 'profiles.editor.sound', { id, version })}
        </strong>
      </p>
      {saved ? (
        <p>
          <Link
            to="/profiles/$profile"
            params={{ profile: id }}
            search={{ version }}
            className="button main"
          >
            {t('profiles.editor.see')}
          </Link>
        </p>
      ) : null}
      <Refusals refusals={refusals} title={t('profiles.editor.refusals')} />
      {vectors === null ? null : <VectorResults run={vectors} />}
    </>
  );
};

const useEditor = (start: string) => {
  const changed = useProfileChanged();
  const [text, setText] = useState(start);
  const [checked, setChecked] = useState<ProfileCheckedView | null>(null);
  const [problem, setProblem] = useState<'too_big' | 'empty' | 'unreadable' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const change = (next: string): void => {
    setText(next);
    setProblem(null);
  };
  const send = async (save: boolean): Promise<void> => {
    const found = text.trim() === '' ? 'empty' : bytesOf(text) > profileBytesMax ? 'too_big' : null;
    setProblem(found);
    setChecked(null);
    setError(null);
    if (found !== null) return;
    setBusy(true);
    try {
      const answer = await profileRoutes.write(text, save);
      setChecked(answer);
      if (answer.saved) await changed();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > profileBytesMax) {
      setProblem('too_big');
      return;
    }
    setChecked(null);
    try {
      change(await file.text());
    } catch {
      setProblem('unreadable');
    }
  };
  return { text, checked, problem, error, isBusy, change, send, open };
};

const Editor = ({ start }: { readonly start: string }) => {
  const { t } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const { text, checked, problem, error, isBusy, change, send, open } = useEditor(start);
  return (
    <div className="device-columns">
      <Panel title={t('profiles.editor.text')}>
        <label className="button file">
          <span>{t('profiles.editor.file', { kilobytes })}</span>
          <input
            type="file"
            className="visually-hidden"
            accept=".yaml,.yml,.json,text/yaml"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              currentTarget.value = '';
              void open(file);
            }}
          />
        </label>
        <textarea
          ref={area}
          className="field editor-text"
          aria-label={t('profiles.editor.text')}
          spellCheck={false}
          wrap="off"
          rows={24}
          placeholder={t('profiles.editor.placeholder')}
          value={text}
          onChange={({ currentTarget }) => {
            change(currentTarget.value);
          }}
        />
        <p className="publish-buttons">
          <button
            type="button"
            className="button main"
            disabled={isBusy}
            onClick={() => void send(false)}
          >
            {t(isBusy ? 'profiles.editor.busy' : 'profiles.editor.check')}
          </button>
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => void send(true)}
          >
            {t('profiles.editor.save')}
          </button>
        </p>
      </Panel>
      <Panel title={t('profiles.editor.result')} className="editor-result">
        {problem === null ? null : (
          <p className="tone-denied" role="alert">
            {t(`profiles.editor.problem.${problem}`, { kilobytes })}
          </p>
        )}
        {error === null ? null : <ErrorNote error={error} />}
        {checked === null && problem === null && error === null ? (
          <p className="quiet">{t('profiles.editor.before')}</p>
        ) : null}
        {checked !== null && checked.faults.length > 0 ? (
          <Faults faults={checked.faults} area={area} />
        ) : null}
        {checked === null ? null : <Sound checked={checked} />}
      </Panel>
    </div>
  );
};

const useStart = (of: string | undefined, version: string | undefined) =>
  useQuery({
    queryKey: ['profile-start', of ?? '', version ?? ''],
    queryFn: async () => (of === undefined ? '' : (await profileRoutes.page(of, version)).text),
    staleTime: Infinity,
  });

/** Writes or uploads a profile of one's own: check, then keep it as a draft. */
export const ProfileEditor = () => {
  const { t } = useWords();
  const { of, version } = route.useSearch();
  const mayWrite = useMay('profile.write');
  const { data, error, refetch } = useStart(of, version);
  return (
    <article className="device-page profile-editor">
      <p className="crumbs">
        <Link to="/profiles">{t('nav.profiles')}</Link>
        {of === undefined ? null : (
          <>
            <span aria-hidden="true"> / </span>
            <Link to="/profiles/$profile" params={{ profile: of }}>
              {of}
            </Link>
          </>
        )}
      </p>
      <header className="list-head">
        <h1>{t('profiles.editor.title')}</h1>
        <p className="quiet">
          {t(mayWrite ? 'profiles.editor.intro' : 'profiles.editor.notAllowed')}
        </p>
      </header>
      {error === null ? null : <ErrorNote error={error} onRetry={() => void refetch()} />}
      {mayWrite && data !== undefined ? <Editor key={`${of}@${version}`} start={data} /> : null}
    </article>
  );
};
