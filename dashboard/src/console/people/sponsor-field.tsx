import type { PersonView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { TextField } from './text-field.tsx';

/** Who answers for a visit: found by name, chosen from those who may. */
export const SponsorField = ({
  sponsor,
  onChange,
}: {
  readonly sponsor: PersonView | null;
  readonly onChange: (sponsor: PersonView | null) => void;
}) => {
  const { t, pick } = useWords();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data = [], isSuccess } = useQuery({
    queryKey: ['sponsors', q],
    queryFn: () => peopleRoutes.sponsors(q),
    enabled: q !== '' && sponsor === null,
  });
  if (sponsor !== null) {
    return (
      <p className="people-field">
        <span>{t('people.sponsor')}</span>
        <span className="sponsor-chosen">
          <strong>{pick(sponsor.name)}</strong> <span className="quiet">{pick(sponsor.unit)}</span>
          <button
            type="button"
            className="button small"
            onClick={() => {
              onChange(null);
            }}
          >
            {t('people.other')}
          </button>
        </span>
      </p>
    );
  }
  return (
    <div className="sponsor-search">
      <TextField
        label={t('people.sponsor')}
        hint={t('people.sponsorHint')}
        value={typed}
        onChange={setTyped}
      />
      {isSuccess && data.length === 0 ? (
        <p className="quiet" role="status">
          {t('people.noSponsor')}
        </p>
      ) : null}
      <ul>
        {data.slice(0, 6).map((person) => (
          <li key={person.id}>
            <button
              type="button"
              className="button sponsor-hit"
              onClick={() => {
                onChange(person);
              }}
            >
              {pick(person.name)} <span className="quiet">{pick(person.unit)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};
