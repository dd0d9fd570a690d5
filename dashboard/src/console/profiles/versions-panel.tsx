import type { ProfilePageView, ProfileVersionView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { profileRoutes } from '../../api/profile-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';
import { PublishForm, Refusals, useChange } from './publish-form.tsx';

const stateTones: Readonly<Record<ProfileVersionView['state'], string>> = {
  live: 'tone-granted',
  shadow: 'tone-attention',
  draft: 'tone-attention',
  retired: 'quiet',
};

const OneVersion = ({
  page,
  version: row,
}: {
  readonly page: ProfilePageView;
  readonly version: ProfileVersionView;
}) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const { version, state, origin, author, createdAt, publishedAt, publishedBy, note } = row;
  const isShown = version === page.shown.version && origin === page.shown.origin;
  const lineOf = (key: string, who: typeof author, at: string | null): string | null =>
    at === null
      ? null
      : t(`profiles.versions.${key}`, {
          who: who === null ? '' : pick(who.name),
          at: times.moment(Date.parse(at), now),
        });
  const lines = [
    lineOf('saved', author, createdAt),
    lineOf('published', publishedBy, publishedAt),
  ].filter((line) => line !== null);
  return (
    <li className={isShown ? 'version version-shown' : 'version'}>
      <p>
        <Link
          to="/profiles/$profile"
          params={{ profile: page.item.id }}
          search={{ version }}
          className="row-link figures"
          aria-current={isShown ? 'true' : undefined}
        >
          {version}
        </Link>{' '}
        <span className={stateTones[state]}>{t(`profiles.state.${state}`)}</span>
        {origin === 'builtIn' ? (
          <span className="quiet"> · {t('profiles.origin.builtIn')}</span>
        ) : null}
      </p>
      {lines.map((line) => (
        <p key={line} className="quiet figures">
          {line}
        </p>
      ))}
      {note === '' ? null : <p className="version-note">{note}</p>}
    </li>
  );
};

/** One click back, and one more to say that it was meant. */
const Back = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  const [isSure, setSure] = useState(false);
  const { isBusy, answer, error, run } = useChange();
  const { back, item } = page;
  if (back === null && answer === null) return null;
  const version = back ?? '';
  return (
    <div className="back" role="group" aria-label={t('profiles.back.title')}>
      {back === null ? null : isSure ? (
        <>
          <p>{t('profiles.back.ask', { version, from: item.version })}</p>
          <p className="publish-buttons">
            <button
              type="button"
              className="button danger"
              autoFocus
              disabled={isBusy}
              onClick={() => {
                void run(() => profileRoutes.back(item.id)).then(() => {
                  setSure(false);
                });
              }}
            >
              {t('profiles.back.yes', { version })}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                setSure(false);
              }}
            >
              {t('profiles.back.no')}
            </button>
          </p>
        </>
      ) : (
        <button
          type="button"
          className="button"
          onClick={() => {
            setSure(true);
          }}
        >
          {t('profiles.back.go', { version })}
        </button>
      )}
      {answer === null ? null : (
        <>
          {answer.published ? <p role="status">{t('profiles.back.done')}</p> : null}
          <Refusals refusals={answer.refusals} title={t('profiles.back.refused')} />
        </>
      )}
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  );
};

/** Every version with who and when; what is not live is published here. */
export const VersionsPanel = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  const { shown, item, mayWrite } = page;
  return (
    <Panel
      title={t('profiles.versions.title')}
      tools={
        mayWrite ? (
          <Link
            to="/profiles/new"
            search={{ of: item.id, version: shown.version }}
            className="button small"
          >
            {t(shown.origin === 'builtIn' ? 'profiles.versions.own' : 'profiles.versions.next')}
          </Link>
        ) : null
      }
    >
      {mayWrite && shown.origin === 'custom' && shown.state !== 'live' ? (
        <PublishForm key={`${shown.version}${shown.state}`} page={page} />
      ) : null}
      <ul className="versions">
        {page.versions.map((version) => (
          <OneVersion key={`${version.origin}${version.version}`} page={page} version={version} />
        ))}
      </ul>
      {mayWrite ? <Back page={page} /> : null}
    </Panel>
  );
};
