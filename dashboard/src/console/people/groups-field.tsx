import { useQuery } from '@tanstack/react-query';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';

/** The groups that there are; pressed in: the card is in them. */
export const GroupsField = ({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (groups: readonly string[]) => void;
}) => {
  const { t } = useWords();
  const { data = [] } = useQuery({ queryKey: ['card-groups'], queryFn: peopleRoutes.groups });
  return (
    <fieldset className="people-groups">
      <legend>{t('people.groups')}</legend>
      <div className="chips">
        {data.map(({ id, doors }) => (
          <button
            key={id}
            type="button"
            className="chip"
            aria-pressed={chosen.includes(id)}
            onClick={() => {
              onChange(
                chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id],
              );
            }}
          >
            {id} <span className="figures">{t('people.doors', { doors })}</span>
          </button>
        ))}
      </div>
      {chosen.length === 0 ? <p className="quiet">{t('people.noGroups')}</p> : null}
    </fieldset>
  );
};
