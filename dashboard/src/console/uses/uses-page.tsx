import { conditions, doubtConditions } from '@gatehouse/protocols';
import type { DoubtView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { Calm } from '../panel.tsx';
import { SeveritySign } from '../severity-sign.tsx';
import { DoubtActions } from './doubt-actions.tsx';
import { useDoubts } from './use-doubts.ts';
import { UseSide } from './use-side.tsx';

const route = getRouteApi('/uses');

const states = ['open', 'closed'] as const;

/** What is known and what was done already, as sentences. */
const useStory = ({ verdict, why, use, first, keyRevokedAt }: DoubtView): readonly string[] => {
  const { t } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const apartMs = first === null ? 0 : Math.abs(Date.parse(use.at) - Date.parse(first.at));
  const revoked = keyRevokedAt === null ? null : times.moment(Date.parse(keyRevokedAt), now);
  return [
    t(`uses.story.${verdict}`),
    ...(why === null ? [] : [t(`uses.why.${why}`)]),
    ...(apartMs < 1_000 ? [] : [t('uses.apart', { time: lasting(apartMs, t) })]),
    ...(revoked === null ? [] : [t('uses.keyEnded', { at: revoked })]),
  ];
};

const Whose = ({ doubt: { person, card } }: { readonly doubt: DoubtView }) => {
  const { t, pick } = useWords();
  if (person === null) return <span>{t('uses.nobody')}</span>;
  return (
    <span>
      <Link to="/events" search={{ person: person.id }} className="row-link">
        {pick(person.name)}
      </Link>{' '}
      <span className="quiet">
        {pick(person.unit)}
        {card === null ? '' : ` · ${t('uses.card', { number: card.number })}`}
      </span>
    </span>
  );
};

const Doubt = ({ doubt }: { readonly doubt: DoubtView }) => {
  const { language } = useWords();
  const gap = language === 'zh' ? '' : ' ';
  const times = useTimes();
  const now = useServerNow(60_000);
  const { verdict, judgedAt, use, first } = doubt;
  const { severity, title } = conditions[doubtConditions[verdict]];
  const story = useStory(doubt);
  return (
    <article className={`panel doubt ${doubt.closed === null ? '' : 'doubt-closed'}`}>
      <header className="doubt-head">
        <SeveritySign severity={severity} />
        <div>
          <h2>{title[language]}</h2>
          <Whose doubt={doubt} />
        </div>
        <time
          className="quiet figures"
          dateTime={judgedAt}
          title={times.full(Date.parse(judgedAt))}
        >
          {times.moment(Date.parse(judgedAt), now)}
        </time>
      </header>
      <p>{story.join(gap)}</p>
      <div className="use-sides">
        {first === null ? null : <UseSide use={first} standing="stands" />}
        <UseSide use={use} standing="doubtful" />
      </div>
      <DoubtActions doubt={doubt} />
    </article>
  );
};

/** Codes that were used where they should not have been: found afterwards, by the evidence. */
export const UsesPage = () => {
  const { t } = useWords();
  const { state = 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, refetch } = useDoubts(state);
  const doubts = data?.doubts ?? [];
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('uses.title')}</h1>
        <p className="quiet uses-intro">{t('uses.intro')}</p>
        <div className="chips" role="group" aria-label={t('uses.show')}>
          {states.map((each) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={state === each}
              onClick={() => {
                void navigate({ search: each === 'open' ? {} : { state: each }, replace: true });
              }}
            >
              {t(`uses.state.${each}`)}
            </button>
          ))}
        </div>
      </header>
      {error === null ? null : <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!isPending && error === null && doubts.length === 0 ? (
        <section className="panel">
          <Calm text={t(`uses.none.${state}`)} hint={t('uses.noneHint')} />
        </section>
      ) : null}
      <div className="doubts" aria-busy={isPending}>
        {doubts.map((doubt) => (
          <Doubt key={doubt.use.id} doubt={doubt} />
        ))}
      </div>
      {data?.more === true ? <p className="quiet">{t('uses.more')}</p> : null}
    </div>
  );
};
