import type { CardHitView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { CardFace, CardStateSign } from '../cards/card-face.tsx';
import type { Job } from './job.ts';
import type { JobHold } from './use-job.ts';

/** Several fit: the clerk chooses, or types more. */
export const Choices = ({
  job,
  onTake,
}: {
  readonly job: Extract<Job, { step: 'idle' }>;
  readonly onTake: (hit: CardHitView) => void;
}) => {
  const { t, pick } = useWords();
  if (job.missed !== '') {
    return (
      <p role="status" className="desk-missed">
        {t('desk.nobody', { typed: job.missed })}
      </p>
    );
  }
  return (
    <ul className="desk-choices">
      {job.choices.map((hit) => (
        <li key={hit.card}>
          <button
            type="button"
            className="card-row"
            onClick={() => {
              onTake(hit);
            }}
          >
            <CardFace hit={hit} size="row" />
            <span className="card-row-name">
              <strong>{pick(hit.person.name)}</strong>
              <span className="quiet">{pick(hit.person.unit)}</span>
            </span>
            <span className="figures">{hit.number}</span>
          </button>
        </li>
      ))}
    </ul>
  );
};

const Reader = ({ job }: { readonly job: Extract<Job, { step: 'taken' }> }) => {
  const { t, pick } = useWords();
  const { uid, holder, unread } = job;
  if (holder !== null) {
    return (
      <div className="reader reader-held" role="alert">
        <strong>{t('desk.held', { name: pick(holder.person.name), number: holder.number })}</strong>
        <span>{t('desk.heldNext')}</span>
      </div>
    );
  }
  if (unread !== '') {
    return (
      <div className="reader reader-held" role="alert">
        <strong>{t('desk.unread', { typed: unread })}</strong>
        <span>{t('desk.unreadNext')}</span>
      </div>
    );
  }
  return (
    <div className={`reader ${uid === null ? 'reader-empty' : 'reader-blank'}`} role="status">
      <strong>{uid === null ? t('desk.noCard') : t('desk.blank', { tail: uid.slice(-4) })}</strong>
      <span>{t(uid === null ? 'desk.noCardNext' : 'desk.blankNext')}</span>
    </div>
  );
};

/** The person, big enough to compare with who stands there, and the card on the reader. */
export const Taken = ({
  job,
  hold,
}: {
  readonly job: Extract<Job, { step: 'taken' }>;
  readonly hold: JobHold;
}) => {
  const { t, pick } = useWords();
  const { hit, uid } = job;
  return (
    <div className="taken">
      <CardFace hit={hit} size="big" />
      <div className="taken-words">
        <p className="taken-name">{pick(hit.person.name)}</p>
        <p className="taken-unit">{pick(hit.person.unit)}</p>
        <p className="taken-number figures">{hit.number}</p>
        <CardStateSign state={hit.state} />
        {hit.state === 'frozen' ? <p className="quiet">{t('desk.lifts')}</p> : null}
        <Reader job={job} />
        <p className="taken-actions">
          <button
            type="button"
            className="button main"
            disabled={uid === null || hold.isBusy}
            onClick={() => {
              hold.enter('');
            }}
          >
            {t('desk.give')} <kbd>Enter</kbd>
          </button>
          <button type="button" className="button" onClick={hold.reset}>
            {t('desk.drop')} <kbd>Esc</kbd>
          </button>
        </p>
      </div>
    </div>
  );
};
