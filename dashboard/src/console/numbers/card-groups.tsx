import type { CardListName, CardNumbersView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/i18n.ts';
import { Calm, Panel } from '../panel.tsx';
import { percentOf } from './heat.ts';
import { useCountText, useGroupName } from './use-numbers.ts';

const shown = [
  'enrolled',
  'active30',
  'active7',
  'never',
] as const satisfies readonly CardListName[];

type Group = CardNumbersView['groups'][number];

const Row = ({
  group,
  view,
  most,
}: {
  readonly group: Group;
  readonly view: CardNumbersView;
  readonly most: number;
}) => {
  const { t } = useWords();
  const count = useCountText();
  const name = useGroupName()(group);
  const search = { by: view.by, group: group.id, never: view.neverDays };
  return (
    <li className="group-row">
      <span className="group-name">{name}</span>
      <span className="group-bars" aria-hidden="true">
        <i className="group-issued" style={{ width: `${percentOf(group.issued, most)}%` }}>
          <i style={{ width: `${percentOf(group.active30, group.issued)}%` }} />
        </i>
      </span>
      <Link
        to="/numbers/cards"
        search={{ ...search, list: 'issued' }}
        className="figures group-total"
      >
        {count(group.issued)}
        <span className="visually-hidden">
          {t('numbers.openList', { name, list: t('numbers.list.issued') })}
        </span>
      </Link>
      <span className="group-counts">
        {shown.map((list) => (
          <Link
            key={list}
            to="/numbers/cards"
            search={{ ...search, list }}
            className={`group-count group-${list}`}
          >
            <span className="quiet">{t(`numbers.short.${list}`)}</span>{' '}
            <span className="figures">{count(group[list])}</span>
            <span className="visually-hidden">{name}</span>
          </Link>
        ))}
      </span>
    </li>
  );
};

/** The same numbers for each group: the bar is its cards, the filled part those used in 30 days. */
export const CardGroups = ({ view }: { readonly view: CardNumbersView }) => {
  const { t } = useWords();
  const most = Math.max(1, ...view.groups.map(({ issued }) => issued));
  return (
    <Panel title={t('numbers.groups')} className="numbers-groups">
      {view.groups.length === 0 ? (
        <Calm text={t('numbers.noCards')} hint={t('numbers.noCardsHint')} />
      ) : (
        <>
          <p className="quiet">{t(`numbers.groupsHint.${view.by}`)}</p>
          <ul className="group-rows">
            {view.groups.map((group) => (
              <Row key={group.id} group={group} view={view} most={most} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
};
