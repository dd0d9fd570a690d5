import type { DoorView } from '@gatehouse/protocols';
import { Link, useNavigate } from '@tanstack/react-router';
import { Table } from 'antd';
import type { TableColumnsType } from 'antd';
import { doorStateOf } from '../../door/door-state.ts';
import { DoorGlyph } from '../../door/glyph.tsx';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/i18n.ts';
import { usePicture, useServerNow } from '../console-context.ts';
import { toneOfDoor } from '../trouble.ts';
import { useWide } from '../use-wide.ts';

export type Density = 'comfortable' | 'dense';

const StateWord = ({ door, now }: { readonly door: DoorView; readonly now: number }) => {
  const { t } = useWords();
  const state = doorStateOf(door);
  const tone = toneOfDoor(door, now);
  return (
    <span className="state-word">
      <DoorGlyph state={state} tone={tone} />
      <span className={`tone-${tone}`}>{t(`doorState.${state}`)}</span>
    </span>
  );
};

const sinceText = (door: DoorView, now: number, { t }: Words): string =>
  door.since === null ? '' : lasting(now - Date.parse(door.since), t);

const columnsOf = (
  words: Words,
  now: number,
  gatewayName: (id: string) => string,
): TableColumnsType<DoorView> => [
  {
    title: words.t('doors.name'),
    key: 'name',
    width: '32%',
    render: (_, door) => (
      <Link to="/doors/$door" params={{ door: door.id }} className="row-link">
        {words.pick(door.name)}
      </Link>
    ),
  },
  {
    title: words.t('doors.state'),
    key: 'state',
    render: (_, door) => <StateWord door={door} now={now} />,
  },
  {
    title: words.t('doors.since'),
    key: 'since',
    className: 'figures',
    render: (_, door) => sinceText(door, now, words),
  },
  {
    title: words.t('doors.class'),
    key: 'class',
    render: (_, door) => words.t(`doorClass.${door.class}`),
  },
  {
    title: words.t('doors.gateway'),
    key: 'gateway',
    render: (_, door) => <span className="quiet">{gatewayName(door.gateway)}</span>,
  },
];

const DoorTable = ({
  doors,
  density,
  now,
}: {
  readonly doors: readonly DoorView[];
  readonly density: Density;
  readonly now: number;
}) => {
  const words = useWords();
  const navigate = useNavigate();
  const { gateways } = usePicture();
  const hasRoom = useWide(1024);
  const gatewayName = (id: string): string => {
    const name = gateways.get(id)?.name;
    return name === undefined ? id : words.pick(name);
  };
  return (
    <Table<DoorView>
      rowKey="id"
      size={density === 'dense' ? 'small' : 'large'}
      columns={columnsOf(words, now, gatewayName).filter(
        // One gateway serves a building: where room is short its name says nothing new.
        ({ key }) => hasRoom || key !== 'gateway',
      )}
      dataSource={doors}
      pagination={false}
      rowClassName="row-open"
      onRow={(door) => ({
        onClick: () => void navigate({ to: '/doors/$door', params: { door: door.id } }),
      })}
    />
  );
};

const DoorCards = ({
  doors,
  now,
}: {
  readonly doors: readonly DoorView[];
  readonly now: number;
}) => {
  const words = useWords();
  return (
    <ul className="door-cards">
      {doors.map((door) => (
        <li key={door.id}>
          <Link to="/doors/$door" params={{ door: door.id }} className="door-card">
            <DoorGlyph state={doorStateOf(door)} tone={toneOfDoor(door, now)} size={28} />
            <span>
              <strong>{words.pick(door.name)}</strong>
              <span className={`tone-${toneOfDoor(door, now)}`}>
                {words.t(`doorState.${doorStateOf(door)}`)}
              </span>
            </span>
            <span className="figures quiet">{sinceText(door, now, words)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
};

/** Doors by building: a table where there is room, cards on a phone. */
export const DoorGroups = ({
  doors,
  isFiltered,
  density,
  onClear,
}: {
  readonly doors: readonly DoorView[];
  readonly isFiltered: boolean;
  readonly density: Density;
  readonly onClear: () => void;
}) => {
  const { t, pick } = useWords();
  const isWide = useWide(720);
  const now = useServerNow();
  if (doors.length === 0) {
    return (
      <section className="empty-state">
        <h2>{t(isFiltered ? 'doors.noFit' : 'doors.none')}</h2>
        <p className="quiet">{t(isFiltered ? 'doors.noFitHint' : 'doors.noneHint')}</p>
        {isFiltered ? (
          <button type="button" className="button main" onClick={onClear}>
            {t('doors.clear')}
          </button>
        ) : null}
      </section>
    );
  }
  const groups = new Map<string, DoorView[]>();
  for (const door of doors) {
    groups.set(door.building, [...(groups.get(door.building) ?? []), door]);
  }
  return [...groups].map(([building, own]) => (
    <section key={building} className="door-group" aria-labelledby={`doors-${building}`}>
      <h2 id={`doors-${building}`}>
        {own[0] === undefined ? building : pick(own[0].buildingName)}
        <span className="quiet figures">{own.length}</span>
      </h2>
      {isWide ? (
        <DoorTable doors={own} density={density} now={now} />
      ) : (
        <DoorCards doors={own} now={now} />
      )}
    </section>
  ));
};
