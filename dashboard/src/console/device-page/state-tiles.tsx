import type { DeviceValues, ModelValueView, ProfileView } from '@gatehouse/protocols';
import type { DoorState } from '../../door/door-state.ts';
import { DoorGlyph } from '../../door/glyph.tsx';
import { alarmNorms } from '../../device/device-status.ts';
import { quantityText } from '../../device/unit.ts';
import { valueText } from '../../device/value-text.ts';
import type { DeviceValue } from '../../device/value-text.ts';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { ListTile } from './list-tile.tsx';

/** Shared words of doors are drawn as doors are everywhere else. */
const doorGlyphs: Readonly<Record<string, Readonly<Record<string, DoorState>>>> = {
  'door.contact': { closed: 'locked', open: 'open' },
  'lock.state': { locked: 'locked', unlocked: 'unlocked', jammed: 'held' },
  'door.release.entry': { true: 'granted', false: 'locked' },
  'door.release.exit': { true: 'granted', false: 'locked' },
  'door.latch.entry': { true: 'unlocked', false: 'locked' },
  'door.latch.exit': { true: 'unlocked', false: 'locked' },
};

const doorGlyphOf = (model: ModelValueView, value: DeviceValue): DoorState | undefined => {
  const row = doorGlyphs[model.norm ?? ''];
  return row === undefined ? undefined : (row[String(value)] ?? 'unknown');
};

const dotsMax = 8;

/** A lamp that is on or off; of many values, the place of this one among them. */
const ValueShape = ({
  model,
  value,
}: {
  readonly model: ModelValueView;
  readonly value: DeviceValue;
}) => {
  const glyph = doorGlyphOf(model, value);
  if (glyph !== undefined) return <DoorGlyph state={glyph} size={26} />;
  if (value === null) return <i className="tile-lamp tile-lamp-unknown" aria-hidden="true" />;
  if (typeof value === 'boolean') {
    const isAlarm = value && alarmNorms.has(model.norm ?? '');
    const look = isAlarm ? 'alarm' : value ? 'on' : 'off';
    return <i className={`tile-lamp tile-lamp-${look}`} aria-hidden="true" />;
  }
  if (model.type !== 'enum' || model.values.length > dotsMax) return null;
  return (
    <span className="tile-dots" aria-hidden="true">
      {model.values.map((each) => (
        <i key={each.value} className={each.value === value ? 'tile-dot-here' : ''} />
      ))}
    </span>
  );
};

/** How far between its bounds a number is. */
const Meter = ({ model, value }: { readonly model: ModelValueView; readonly value: number }) => {
  const { language } = useWords();
  const { min, max, unit } = model;
  if (min === null || max === null || max <= min) return null;
  const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
  return (
    <span className="tile-meter" aria-hidden="true">
      <span className="meter">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <small className="quiet figures">
        {quantityText(min, unit, language)} – {quantityText(max, unit, language)}
      </small>
    </span>
  );
};

const Tile = ({
  model,
  value,
  isOld,
}: {
  readonly model: ModelValueView;
  readonly value: DeviceValue | undefined;
  readonly isOld: boolean;
}) => {
  const { t, language, pick } = useWords();
  const isAlarm = value === true && alarmNorms.has(model.norm ?? '');
  const look = `${isAlarm ? 'tile-alarm' : ''} ${isOld ? 'tile-old' : ''}`;
  return (
    <div className={`tile ${look}`}>
      <dt className="quiet">{pick(model.title)}</dt>
      <dd className={`tile-${model.type}`}>
        <ValueShape model={model} value={value ?? null} />
        <strong className="figures">{valueText(model, value, { t, language })}</strong>
        {typeof value === 'number' ? <Meter model={model} value={value} /> : null}
      </dd>
    </div>
  );
};

/** Lists need room of their own. */
const isWide = (model: ModelValueView, value: DeviceValue | undefined): boolean =>
  model.type === 'list' && Array.isArray(value) && value.length > 0;

/** What it is now, each value as its type is best seen. */
export const StateTiles = ({
  profile,
  values,
  isOld,
}: {
  readonly profile: ProfileView;
  readonly values: DeviceValues;
  readonly isOld: boolean;
}) => {
  const { t } = useWords();
  const { state } = profile;
  if (state.length === 0) return null;
  const plain = state.filter((model) => !isWide(model, values[model.name]));
  return (
    <Panel title={t('device.state')}>
      {Object.keys(values).length === 0 ? <p className="quiet">{t('device.noState')}</p> : null}
      {plain.length === 0 ? null : (
        <dl className="tiles">
          {plain.map((model) => (
            <Tile key={model.name} model={model} value={values[model.name]} isOld={isOld} />
          ))}
        </dl>
      )}
      {state.map((model) => {
        const list = values[model.name];
        if (!isWide(model, list) || !Array.isArray(list)) return null;
        return <ListTile key={model.name} model={model} list={list} isOld={isOld} />;
      })}
    </Panel>
  );
};
