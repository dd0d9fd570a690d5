import type { FaceView } from '@gatehouse/protocols';
import type { CSSProperties, ReactNode } from 'react';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { KindIcon } from '../m/kind-icon.tsx';
import type { PassKind } from '../m/mint.ts';
import type { useSwipe } from '../m/use-swipe.ts';
import { faceLines, plainFields } from './face-lines.ts';
import type { FaceFacts } from './face-lines.ts';

const classes = { name: 'card-name', name_en: 'card-name-en', line: 'card-unit' } as const;

/** Its colour is that of the door side; a pay card is the same at every school. */
const styleOf = (face: FaceView | undefined): CSSProperties =>
  // A variable of our own style sheet; the type knows the browser's properties alone.
  face === undefined ? {} : ({ '--card-colour': face.colour } as CSSProperties);

/** A card in the look that the school gave it; the code and what belongs to it come as children. */
export const FaceCard = ({
  face,
  facts,
  photo,
  kind,
  times,
  swipe,
  children,
}: {
  readonly face: FaceView | undefined;
  readonly facts: FaceFacts;
  /** An address of the picture, or null while there is none. */
  readonly photo: string | null;
  readonly kind: PassKind;
  readonly times: Pick<TimeWords, 'lastDate'>;
  /** Left out where nobody can turn it over. */
  readonly swipe?: ReturnType<typeof useSwipe>;
  readonly children: ReactNode;
}) => {
  const { t, pick } = useWords();
  const fields = face?.fields ?? plainFields;
  const words = { t, pick, times, number: face?.number ?? 'masked' };
  const side = fields[0] === 'photo' ? 'start' : 'end';
  return (
    <section
      className={`card card-${kind}`}
      aria-label={t(`card.kind.${kind}`)}
      data-face={face === undefined ? undefined : face.cover}
      style={styleOf(face)}
      {...swipe}
    >
      <p className="card-title">
        <KindIcon kind={kind} size={20} />
        {face === undefined ? t(`card.kind.${kind}`) : pick(face.title)}
      </p>
      <div className="card-person" data-photo={fields.includes('photo') ? side : undefined}>
        {fields.includes('photo') ? (
          <span className="card-photo">{photo === null ? null : <img src={photo} alt="" />}</span>
        ) : null}
        <div>
          {faceLines(fields, facts, words).map((line) => (
            <p key={line.text} className={classes[line.kind]}>
              {line.text}
            </p>
          ))}
        </div>
      </div>
      {children}
      <p className="card-hint">{t(`card.hint.${kind}`)}</p>
    </section>
  );
};

/** The school's own pages, quietly below the card. They open beside it: the code stays. */
export const FaceShortcuts = ({ face }: { readonly face: FaceView | undefined }) => {
  const { t, pick } = useWords();
  if (face === undefined || face.shortcuts.length === 0) return null;
  return (
    <nav className="shortcuts" aria-label={t('face.shortcuts')}>
      {face.shortcuts.map(({ label, url, host }, i) => (
        <a key={i} href={url} target="_blank" rel="noopener noreferrer" title={host}>
          {pick(label)}
          <span className="visually-hidden"> {t('face.opens', { host })}</span>
        </a>
      ))}
    </nav>
  );
};
