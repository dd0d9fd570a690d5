import type { CardPageView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { cardStreamPath } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { request } from '../../adapters/http.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole, useServerNow, useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';
import { CardFace, CardStateSign } from './card-face.tsx';
import { CardHistory } from './card-history.tsx';
import { CardSpread } from './card-spread.tsx';
import { FreezeControl } from './freeze-control.tsx';
import { useViewStream } from './use-view-stream.ts';

const route = getRouteApi('/cards/$card');

const FreezeNote = ({ page }: { readonly page: CardPageView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  if (page.freeze === null) return null;
  const { at, by, actor, reason } = page.freeze;
  return (
    <p className="freeze-note">
      {t('cards.frozenBy', {
        at: times.moment(Date.parse(at), now),
        who: actor === null ? t(`cards.way.${by}`) : `${pick(actor)} (${t(`cards.way.${by}`)})`,
      })}
      {reason === '' ? null : <span className="quiet"> {reason}</span>}
      {page.found === null ? null : (
        <strong> {t('cards.liesAt', { place: page.found.place })}</strong>
      )}
    </p>
  );
};

const Credentials = ({ page }: { readonly page: CardPageView }) => {
  const { t } = useWords();
  const times = useTimes();
  const day = (at: string): string => times.date(Date.parse(at));
  return (
    <dl className="facts">
      <dt>{t('cards.phone')}</dt>
      <dd>
        {page.phone === null
          ? t('cards.noPhone')
          : t('cards.since', { at: day(page.phone.enrolledAt) })}
      </dd>
      <dt>{t('cards.chip')}</dt>
      <dd>
        {page.uids.length === 0 ? t('cards.noChip') : null}
        {page.uids.map(({ tail, kind, since }) => (
          <span key={`${tail} ${since}`} className="figures card-chip">
            {t(`cards.kind.${kind}`)} ···{tail} · {t('cards.since', { at: day(since) })}
          </span>
        ))}
      </dd>
      <dt>{t('cards.pin')}</dt>
      <dd>{page.pin === null ? t('cards.noPin') : t('cards.since', { at: day(page.pin) })}</dd>
      <dt>{t('cards.valid')}</dt>
      <dd className="figures">
        {day(page.validFrom)} – {times.lastDate(Date.parse(page.validTo))}
      </dd>
    </dl>
  );
};

const Loaded = ({
  page,
  onChange,
}: {
  readonly page: CardPageView;
  readonly onChange: (page: CardPageView) => void;
}) => {
  const { t, pick } = useWords();
  const { session } = useConsole();
  return (
    <article className="person-page">
      <p className="crumbs">
        <Link to="/cards">{t('nav.cards')}</Link>
      </p>
      <header className="person-head">
        <CardFace hit={page} size="big" />
        <div>
          <h1>{pick(page.person.name)}</h1>
          <p className="person-unit">
            {pick(page.person.unit)} · {t(`affiliation.${page.person.affiliation}`)}
          </p>
          <p className="figures person-number">{page.number}</p>
          <CardStateSign state={page.state} />
          {session.may.includes('card.issue') ? (
            <Link to="/people/$person" params={{ person: page.person.id }}>
              {t('people.person')}
            </Link>
          ) : null}
          <FreezeNote page={page} />
          <FreezeControl page={page} onChange={onChange} />
        </div>
      </header>
      <div className="person-columns">
        <Panel title={t('cards.credentials')}>
          <Credentials page={page} />
        </Panel>
        <Panel title={t('cards.spread')}>
          <CardSpread spread={page.spread} />
        </Panel>
        <Panel title={t('cards.history')} className="person-history">
          <CardHistory items={page.history} />
        </Panel>
      </div>
    </article>
  );
};

/** One card and its holder: how it is, what it opens with, who has heard of it. */
export const CardPage = () => {
  const { t } = useWords();
  const { card } = route.useParams();
  const { error, data, refetch } = useQuery({
    queryKey: ['card-page', card],
    queryFn: () => request<CardPageView>('GET', `/api/console/cards/${encodeURIComponent(card)}`),
    staleTime: 0,
  });
  const { view, put } = useViewStream<CardPageView>(cardStreamPath(card), 'card');
  const shown = view?.card === card ? view : data;
  if (shown !== undefined) return <Loaded key={card} page={shown} onChange={put} />;
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
};
