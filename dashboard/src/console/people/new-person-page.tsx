import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { affiliationIn, emptyDraft } from './affiliation-draft.ts';
import { AffiliationFields } from './affiliation-fields.tsx';
import { TextField } from './text-field.tsx';
import { useAsking } from './use-asking.ts';
import { useDays } from './use-days.ts';
import './people.css';

const route = getRouteApi('/people/new');

/** The same person twice would be two cards in one pocket: who has this name already? */
const Namesakes = ({ name }: { readonly name: string }) => {
  const { t, pick } = useWords();
  const q = useDeferredValue(name.trim());
  const { data = [] } = useQuery({
    queryKey: ['namesakes', q],
    queryFn: () => peopleRoutes.find(q),
    enabled: q.length > 1,
  });
  if (q.length < 2 || data.length === 0) return null;
  return (
    <div className="namesakes" role="status">
      <strong>{t('people.namesakes')}</strong>
      <ul>
        {data.slice(0, 5).map((person) => (
          <li key={person.id}>
            <Link to="/people/$person" params={{ person: person.id }}>
              {pick(person.name)}
            </Link>{' '}
            <span className="quiet">{pick(person.unit)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** A person who was not there before, with what they are to the school and a card. */
export const NewPersonPage = () => {
  const { t } = useWords();
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const { today } = useDays();
  const [name, setName] = useState({ zh: '', en: '' });
  const [draft, setDraft] = useState(() => emptyDraft(kind ?? 'staff', today));
  const { isBusy, error, ask } = useAsking();
  const affiliation = affiliationIn(draft);
  const isNamed = name.zh.trim() !== '' && name.en.trim() !== '';
  const send = async (): Promise<void> => {
    if (affiliation === null) return;
    const named = { zh: name.zh.trim(), en: name.en.trim() };
    const page = await peopleRoutes.add({ name: named, affiliation });
    client.setQueryData(['person', page.id], page);
    await navigate({ to: '/people/$person', params: { person: page.id } });
  };
  return (
    <div className="list-page people-new">
      <header className="list-head">
        <p>
          <Link to="/cards" className="panel-link">
            ‹ {t('nav.cards')}
          </Link>
        </p>
        <h1>{t(kind === 'visitor' ? 'people.newVisitor' : 'people.newPerson')}</h1>
        <p className="quiet">{t('people.newIntro')}</p>
      </header>
      <form
        className="panel"
        onSubmit={(event) => {
          event.preventDefault();
          ask(send);
        }}
      >
        <div className="people-form">
          <TextField
            label={t('people.nameZh')}
            value={name.zh}
            maxLength={40}
            onChange={(zh) => {
              setName({ ...name, zh });
            }}
          />
          <TextField
            label={t('people.nameEn')}
            value={name.en}
            onChange={(en) => {
              setName({ ...name, en });
            }}
          />
        </div>
        <Namesakes name={name.zh} />
        <AffiliationFields draft={draft} onChange={setDraft} />
        {error === null ? null : <ErrorNote error={error} />}
        <button
          type="submit"
          className="button main"
          disabled={isBusy || !isNamed || affiliation === null}
        >
          {t('people.create')}
        </button>
      </form>
    </div>
  );
};
