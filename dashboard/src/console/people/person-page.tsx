import type { PersonPageView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { affiliationIn, emptyDraft } from './affiliation-draft.ts';
import { AffiliationFields } from './affiliation-fields.tsx';
import { AffiliationPanel } from './affiliation-panel.tsx';
import { PhotoField } from './photo-field.tsx';
import { useAsking } from './use-asking.ts';
import { useDays } from './use-days.ts';
import './people.css';

const route = getRouteApi('/people/$person');

type Props = {
  readonly page: PersonPageView;
  readonly onChange: (page: PersonPageView) => void;
};

const AddAffiliation = ({ page, onChange }: Props) => {
  const { t } = useWords();
  const { today } = useDays();
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(() => emptyDraft('staff', today));
  const { isBusy, error, ask } = useAsking();
  const affiliation = affiliationIn(draft);
  if (!isOpen) {
    return (
      <button
        type="button"
        className="button"
        onClick={() => {
          setDraft(emptyDraft('staff', today));
          setOpen(true);
        }}
      >
        {t('people.addAffiliation')}
      </button>
    );
  }
  return (
    <Panel title={t('people.addAffiliation')}>
      <form
        className="people-add"
        onSubmit={(event) => {
          event.preventDefault();
          if (affiliation === null) return;
          ask(async () => {
            onChange(await peopleRoutes.affiliate(page.id, affiliation));
            setOpen(false);
          });
        }}
      >
        <AffiliationFields draft={draft} onChange={setDraft} />
        {error === null ? null : <ErrorNote error={error} />}
        <span className="person-actions">
          <button type="submit" className="button main" disabled={isBusy || affiliation === null}>
            {t('people.add')}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              setOpen(false);
            }}
          >
            {t('people.cancel')}
          </button>
        </span>
      </form>
    </Panel>
  );
};

const Loaded = ({
  page,
  onChange,
  onReload,
}: Props & { readonly onReload: () => Promise<void> }) => {
  const { t, language, pick } = useWords();
  const other = language === 'zh' ? page.name.en : page.name.zh;
  return (
    <article className="people-page">
      <p className="crumbs">
        <Link to="/cards">{t('nav.cards')}</Link>
      </p>
      <div className="people-columns">
        <header className="people-head">
          <PhotoField page={page} onReload={onReload} />
          <h1>{pick(page.name)}</h1>
          <p className="quiet">{other}</p>
        </header>
        <div className="people-affiliations">
          {page.affiliations.length === 0 ? (
            <p className="quiet">{t('people.noAffiliation')}</p>
          ) : null}
          {page.affiliations.map((affiliation) => (
            <AffiliationPanel key={affiliation.id} affiliation={affiliation} onChange={onChange} />
          ))}
          <AddAffiliation page={page} onChange={onChange} />
        </div>
      </div>
    </article>
  );
};

/** One person: what they are to the school, and every card and credential. */
export const PersonPage = () => {
  const { t } = useWords();
  const { person } = route.useParams();
  const client = useQueryClient();
  const key = ['person', person];
  const { error, data, refetch } = useQuery({
    queryKey: key,
    queryFn: () => peopleRoutes.person(person),
    staleTime: 0,
  });
  if (data !== undefined) {
    return (
      <Loaded
        key={person}
        page={data}
        onChange={(page) => {
          client.setQueryData(key, page);
        }}
        onReload={async () => {
          await refetch();
        }}
      />
    );
  }
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
};
