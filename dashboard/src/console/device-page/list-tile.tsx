import type { ModelValueView } from '@gatehouse/protocols';
import { useId } from 'react';
import { listCounts, scalarText } from '../../device/value-text.ts';
import type { DeviceScalar } from '../../device/value-text.ts';
import { useWords } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/i18n.ts';

/** Looks of the values in the order of the profile; each another shape, not only another shade. */
const looks = ['plain', 'full', 'half', 'cross', 'dot', 'frame'] as const;

const lookOf = (model: ModelValueView, value: DeviceScalar): string => {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'full' : 'plain';
  const place = model.values.findIndex((each) => each.value === String(value));
  return looks[place] ?? 'unknown';
};

const isCounted = ({ items }: ModelValueView): boolean => items === 'integer' || items === 'number';
const namedMax = 12;

const Cell = ({
  model,
  value,
  n,
  words,
}: {
  readonly model: ModelValueView;
  readonly value: DeviceScalar;
  readonly n: number;
  readonly words: Words;
}) => {
  const text = scalarText(model, value, words);
  if (isCounted(model)) {
    return (
      <li className="cell cell-number figures">
        <small className="quiet">{n}</small>
        {text}
      </li>
    );
  }
  const named = words.t('value.item', { n, text });
  return (
    <li className={`cell cell-${lookOf(model, value)} figures`} title={named}>
      <span aria-hidden="true">{n}</span>
      <span className="visually-hidden">{named}</span>
    </li>
  );
};

/** Boxes of a locker bank, channels of a board: a grid that is read at a glance, and a legend. */
export const ListTile = ({
  model,
  list,
  isOld,
}: {
  readonly model: ModelValueView;
  readonly list: readonly DeviceScalar[];
  readonly isOld: boolean;
}) => {
  const words = useWords();
  const id = useId();
  const counts = isCounted(model) ? [] : listCounts(model, list, words);
  const most = Math.max(0, ...counts.map(({ at }) => at.length));
  return (
    <section className={`list-tile ${isOld ? 'tile-old' : ''}`} aria-labelledby={id}>
      <h3 id={id}>{words.pick(model.title)}</h3>
      <ul className="cells" aria-labelledby={id}>
        {list.map((value, i) => (
          <Cell key={i} model={model} value={value} n={i + 1} words={words} />
        ))}
      </ul>
      {counts.length === 0 ? null : (
        <ul className="legend">
          {counts.map(({ value, text, at }) => (
            <li key={String(value)}>
              <i className={`cell cell-${lookOf(model, value)}`} aria-hidden="true" />
              <span>{text}</span>
              <strong className="figures">{at.length}</strong>
              {at.length < most && at.length <= namedMax ? (
                <span className="quiet figures">{at.join(', ')}</span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
