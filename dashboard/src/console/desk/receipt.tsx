import type { CardPageView, ReplacementView } from '@gatehouse/protocols';
import { cardStreamPath } from '../../api/card-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { CardSpread } from '../cards/card-spread.tsx';
import { useViewStream } from '../cards/use-view-stream.ts';
import { useConsole, useServerNow, useTimes } from '../console-context.ts';

/** Both languages, whatever the clerk's is: the paper goes home with its holder. */
const Paper = ({ replacement }: { readonly replacement: ReplacementView }) => {
  const { t } = useWords();
  const { campus } = useConsole();
  const times = useTimes();
  const { hit, clerk, desk, fee, receipt, newTail, oldTails, at } = replacement;
  const rows = [
    [t('desk.paper.number'), receipt],
    [t('desk.paper.at'), times.full(Date.parse(at))],
    [t('desk.paper.holder'), `${hit.person.name.zh} ${hit.person.name.en}`],
    [t('desk.paper.card'), hit.number],
    [t('desk.paper.new'), `···${newTail}`],
    [t('desk.paper.old'), oldTails.map((tail) => `···${tail}`).join(', ') || '–'],
    [t('desk.paper.clerk'), `${clerk.zh} ${clerk.en}`],
  ] as const;
  return (
    <section className="receipt" aria-label={t('desk.receipt')}>
      <header>
        <strong>
          {campus.name.zh} {campus.name.en}
        </strong>
        <span>
          {desk.zh} {desk.en}
        </span>
      </header>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
      </dl>
      <p>{fee.zh}</p>
      <p lang="en">{fee.en}</p>
    </section>
  );
};

const Undo = ({
  replacement,
  onUndo,
}: {
  readonly replacement: ReplacementView;
  readonly onUndo: () => void;
}) => {
  const { t } = useWords();
  const now = useServerNow();
  const leftMs = Date.parse(replacement.undoUntil) - now;
  if (replacement.undone || leftMs <= 0) return null;
  return (
    <button type="button" className="button" onClick={onUndo}>
      {t('desk.undo', { seconds: Math.ceil(leftMs / 1000) })} <kbd>Ctrl Z</kbd>
    </button>
  );
};

/** It is done: what lives now, who has heard of it, and the paper. */
export const Receipt = ({
  replacement,
  onUndo,
}: {
  readonly replacement: ReplacementView;
  readonly onUndo: () => void;
}) => {
  const { t, pick } = useWords();
  const { hit, newTail, undone, unfrozen } = replacement;
  const { view } = useViewStream<CardPageView>(cardStreamPath(hit.card), 'card');
  return (
    <div className="given">
      <p className={`given-word ${undone ? 'given-undone' : ''}`} role="status">
        <strong>
          {t(undone ? 'desk.undone' : 'desk.given', { name: pick(hit.person.name), tail: newTail })}
        </strong>
        {unfrozen && !undone ? <span>{t('desk.unfrozen')}</span> : null}
      </p>
      <CardSpread spread={view?.spread ?? replacement.spread} />
      <p className="taken-actions">
        <button
          type="button"
          className="button"
          onClick={() => {
            window.print();
          }}
        >
          {t('desk.print')}
        </button>
        <Undo replacement={replacement} onUndo={onUndo} />
      </p>
      {undone ? null : <Paper replacement={replacement} />}
    </div>
  );
};
