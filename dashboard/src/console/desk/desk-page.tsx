import type { DeskView } from '@gatehouse/protocols';
import { useRef, useState } from 'react';
import { simulatedUid } from '../../adapters/simulated-reader.ts';
import { deskStreamPath } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useViewStream } from '../cards/use-view-stream.ts';
import { useConsole } from '../console-context.ts';
import { DayNumbers, Queue } from './queue.tsx';
import { Receipt } from './receipt.tsx';
import { Choices, Taken } from './taken.tsx';
import { useJob } from './use-job.ts';
import type { JobHold } from './use-job.ts';

const hintOf = ({ job }: JobHold): 'idle' | 'taken' | 'read' | 'given' => {
  if (job.step !== 'taken') return job.step;
  return job.uid === null ? 'taken' : 'read';
};

/** One field for numbers, names and the reader; it never loses the keyboard. */
const DeskField = ({ hold }: { readonly hold: JobHold }) => {
  const { t } = useWords();
  const { campus } = useConsole();
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const send = (text: string): void => {
    hold.enter(text);
    setTyped('');
    field.current?.focus();
  };
  const { job } = hold;
  return (
    <form
      className="desk-form"
      onSubmit={(event) => {
        event.preventDefault();
        send(typed);
      }}
    >
      <label htmlFor="desk-field">{t(`desk.hint.${hintOf(hold)}.label`)}</label>
      <input
        id="desk-field"
        ref={field}
        className="field desk-field figures"
        autoFocus
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        value={typed}
        aria-describedby="desk-hint"
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setTyped('');
            hold.reset();
          }
          const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
          if (isUndo && typed === '' && job.step === 'given') {
            event.preventDefault();
            hold.undo();
          }
        }}
      />
      <p id="desk-hint" className="quiet">
        {t(`desk.hint.${hintOf(hold)}.text`)}
      </p>
      {campus.demo && job.step === 'taken' ? (
        <button
          type="button"
          className="button desk-demo"
          onClick={() => {
            send(simulatedUid());
          }}
        >
          {t('desk.layBlank')}
        </button>
      ) : null}
    </form>
  );
};

const Work = ({ hold }: { readonly hold: JobHold }) => {
  const { t } = useWords();
  const { job, error } = hold;
  return (
    <section className="desk-work panel" aria-labelledby="desk-work">
      <h2 id="desk-work" className="visually-hidden">
        {t('desk.work')}
      </h2>
      <DeskField hold={hold} />
      {error === null ? null : <ErrorNote error={error} />}
      {job.step === 'idle' ? <Choices job={job} onTake={hold.take} /> : null}
      {job.step === 'taken' ? <Taken job={job} hold={hold} /> : null}
      {job.step === 'given' ? (
        <Receipt key={job.replacement.id} replacement={job.replacement} onUndo={hold.undo} />
      ) : null}
    </section>
  );
};

/** The clerk's whole job: who is it, which blank card, done. */
export const DeskPage = () => {
  const { t, pick } = useWords();
  const { view, isLive } = useViewStream<DeskView>(deskStreamPath, 'desk');
  const hold = useJob(view?.queue ?? []);
  const current = hold.job.step === 'taken' ? hold.job.hit.card : null;
  return (
    <div className="desk-page">
      <header className="list-head desk-head">
        <h1>{view === null ? t('nav.desk') : pick(view.desk)}</h1>
        {isLive ? null : (
          <p className="quiet" role="status">
            {t('desk.notLive')}
          </p>
        )}
        {view === null ? null : <DayNumbers numbers={view.numbers} />}
      </header>
      <div className="desk-columns">
        <Work hold={hold} />
        {view === null ? (
          <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />
        ) : (
          <Queue queue={view.queue} current={current} onTake={hold.take} />
        )}
      </div>
    </div>
  );
};
