import type { PersonPageView } from '@gatehouse/protocols';
import { useRef, useState } from 'react';
import { shrinkPhoto } from '../../adapters/photo-file.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes, personPhotoPath } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useAsking } from './use-asking.ts';

type Chosen = { readonly photo: Blob; readonly url: string };

/** The photo of a person: shown, chosen, looked at, put; or taken away. */
export const PhotoField = ({
  page,
  onReload,
}: {
  readonly page: PersonPageView;
  readonly onReload: () => Promise<void>;
}) => {
  const { t, pick } = useWords();
  const file = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [isOdd, setOdd] = useState(false);
  const { isBusy, error, ask } = useAsking();
  const drop = (): void => {
    if (chosen !== null) URL.revokeObjectURL(chosen.url);
    setChosen(null);
    if (file.current !== null) file.current.value = '';
  };
  const choose = async (picked: File | undefined): Promise<void> => {
    drop();
    if (picked === undefined) return;
    const photo = await shrinkPhoto(picked);
    setOdd(photo === null);
    if (photo !== null) setChosen({ photo, url: URL.createObjectURL(photo) });
  };
  const put = async (): Promise<void> => {
    if (chosen === null) return;
    await peopleRoutes.putPhoto(page.id, chosen.photo);
    await onReload();
    drop();
  };
  return (
    <div className="person-photo">
      <img
        src={chosen?.url ?? personPhotoPath(page.id, page.photoAt)}
        alt={t('cards.photoOf', { name: pick(page.name) })}
      />
      {page.photo === 'drawn' && chosen === null ? (
        <span className="card-face-drawn">{t('cards.drawn')}</span>
      ) : null}
      <label className="button person-photo-choose">
        {t('people.choosePhoto')}
        <input
          ref={file}
          type="file"
          className="visually-hidden"
          accept="image/*"
          onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
        />
      </label>
      {chosen === null ? null : (
        <span className="person-actions">
          <button
            type="button"
            className="button main"
            disabled={isBusy}
            onClick={() => {
              ask(put);
            }}
          >
            {t('people.savePhoto')}
          </button>
          <button type="button" className="button" onClick={drop}>
            {t('people.cancel')}
          </button>
        </span>
      )}
      {page.photo === 'own' && chosen === null ? (
        <button
          type="button"
          className="button plain"
          disabled={isBusy}
          onClick={() => {
            ask(async () => {
              await peopleRoutes.dropPhoto(page.id);
              await onReload();
            });
          }}
        >
          {t('people.dropPhoto')}
        </button>
      ) : null}
      {isOdd ? <p role="alert">{t('people.noPicture')}</p> : null}
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  );
};
