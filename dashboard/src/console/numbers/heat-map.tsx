import type { TrafficView } from '@gatehouse/protocols';
import { useState } from 'react';
import { useWords } from '../../i18n/i18n.ts';
import { busiest, heatCells, hoursOfDay, weekdays } from './heat.ts';
import type { HeatCell } from './heat.ts';
import { useCountText } from './use-numbers.ts';

const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

const Week = ({
  cells,
  onChoose,
}: {
  readonly cells: readonly HeatCell[];
  readonly onChoose: (cell: HeatCell) => void;
}) => {
  const { t } = useWords();
  const count = useCountText();
  return (
    <table className="heat">
      <caption className="visually-hidden">{t('numbers.heat.caption')}</caption>
      <thead>
        <tr>
          <td />
          {hoursOfDay.map((hour) => (
            <th key={hour} scope="col" className="figures">
              <span className={hour % 6 === 0 ? '' : 'visually-hidden'}>{hour}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weekdays.map((weekday) => (
          <tr key={weekday}>
            <th scope="row">{t(`numbers.weekday.${weekday}`)}</th>
            {cells
              .filter((cell) => cell.weekday === weekday)
              .map((cell) => (
                <td
                  key={cell.hour}
                  className={`heat-cell heat-${cell.level}`}
                  onPointerEnter={() => onChoose(cell)}
                >
                  <span className="visually-hidden">{count(cell.count)}</span>
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** Hour by weekday, in the wall time of the site; the busiest hour is named under it. */
export const HeatMap = ({
  view,
  of,
}: {
  readonly view: TrafficView;
  readonly of: 'granted' | 'denied';
}) => {
  const { t } = useWords();
  const count = useCountText();
  const [chosen, setChosen] = useState<HeatCell | null>(null);
  const cells = heatCells(view.hours, of);
  // What was pointed at may have been counted again since.
  const pointed = cells.find(
    ({ weekday, hour }) => weekday === chosen?.weekday && hour === chosen.hour,
  );
  const cell = pointed ?? busiest(cells);
  return (
    <div className={`heat-map heat-of-${of}`}>
      <Week cells={cells} onChoose={setChosen} />
      <p className="figures quiet">
        {cell === undefined
          ? t('numbers.heat.none')
          : t(pointed === undefined ? 'numbers.heat.busiest' : 'numbers.heat.cell', {
              day: t(`numbers.weekday.${cell.weekday}`),
              from: hourText(cell.hour),
              to: hourText(cell.hour + 1),
              count: count(cell.count),
            })}
      </p>
    </div>
  );
};
