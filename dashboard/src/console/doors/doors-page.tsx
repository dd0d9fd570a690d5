import type { DoorView } from '@gatehouse/protocols';
import { getRouteApi } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useState } from 'react';
import { readChoice, writeChoice } from '../../adapters/preferences.ts';
import { doorStateOf, doorStates } from '../../door/door-state.ts';
import type { DoorState } from '../../door/door-state.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture } from '../console-context.ts';
import { PickOne } from '../pick-one.tsx';
import type { DoorsSearch } from '../search.ts';
import { DoorGroups } from './door-groups.tsx';
import type { Density } from './door-groups.tsx';

const route = getRouteApi('/doors');

const densities: readonly Density[] = ['comfortable', 'dense'];

const fits = (door: DoorView, search: DoorsSearch): boolean => {
  const q = search.q?.trim().toLowerCase() ?? '';
  const text = `${door.name.zh} ${door.name.en} ${door.id}`.toLowerCase();
  return (
    text.includes(q) &&
    (search.building === undefined || door.building === search.building) &&
    (search.state === undefined || doorStateOf(door) === search.state)
  );
};

/** How many doors are in each state: a filter and a summary in one. */
const StateChips = ({
  doors,
  chosen,
  onChoose,
}: {
  readonly doors: readonly DoorView[];
  readonly chosen: DoorState | undefined;
  readonly onChoose: (state: DoorState | undefined) => void;
}) => {
  const { t } = useWords();
  const counts = doorStates
    .map((state) => ({ state, count: doors.filter((door) => doorStateOf(door) === state).length }))
    .filter(({ state, count }) => count > 0 || state === chosen);
  return (
    <div className="chips" role="group" aria-label={t('doors.state')}>
      {counts.map(({ state, count }) => (
        <button
          key={state}
          type="button"
          className="chip"
          aria-pressed={state === chosen}
          onClick={() => {
            onChoose(state === chosen ? undefined : state);
          }}
        >
          {t(`doorState.${state}`)} <span className="figures">{count}</span>
        </button>
      ))}
    </div>
  );
};

export const DoorsPage = () => {
  const { t, pick } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const all = [...usePicture().doors.values()];
  const [density, setDensity] = useState<Density>(() =>
    readChoice('density') === 'dense' ? 'dense' : 'comfortable',
  );
  const change = (next: DoorsSearch): void => {
    void navigate({ search: next, replace: true });
  };
  const set = <Name extends keyof DoorsSearch>(name: Name, value: DoorsSearch[Name]): void => {
    const { [name]: _, ...rest } = search;
    change(value === undefined ? rest : { ...rest, [name]: value });
  };
  const buildings = [...new Map(all.map((door) => [door.building, door.buildingName]))];
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('doors.title')}</h1>
        <div className="list-tools">
          <input
            type="search"
            className="field"
            aria-label={t('doors.search')}
            placeholder={t('doors.search')}
            value={search.q ?? ''}
            onChange={({ currentTarget }) => {
              set('q', currentTarget.value === '' ? undefined : currentTarget.value);
            }}
          />
          <PickOne
            label={t('doors.building')}
            all={t('doors.allBuildings')}
            chosen={search.building}
            options={buildings.map(([id, name]) => ({ id, text: pick(name) }))}
            onChoose={(building) => {
              set('building', building);
            }}
          />
          <Segmented<Density>
            className="density"
            value={density}
            options={densities.map((value) => ({ value, label: t(`doors.${value}`) }))}
            onChange={(next) => {
              setDensity(next);
              writeChoice('density', next);
            }}
          />
        </div>
        <StateChips
          doors={all}
          chosen={search.state}
          onChoose={(state) => {
            set('state', state);
          }}
        />
      </header>
      <DoorGroups
        doors={all.filter((door) => fits(door, search))}
        isFiltered={Object.keys(search).length > 0}
        density={density}
        onClear={() => {
          change({});
        }}
      />
    </div>
  );
};
