import type { DecodeView, DeviceValues, ModelValueView, ProfileView } from '@gatehouse/protocols';
import { valueText } from '../../device/value-text.ts';
import { useWords } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/i18n.ts';

type Frame = DecodeView['frames'][number];

/** Faults of frames and fields that have a sentence of their own. */
const knownFaults: ReadonlySet<string> = new Set([
  ...['bad_checksum', 'bad_text', 'missing', 'noise', 'not_text', 'other_message', 'out_of_range'],
  ...['too_long', 'too_short', 'truncated', 'unknown_value', 'exception'],
]);

/** In words, with the code as it came: an integrator looks for it in the guide. */
export const faultText = (fault: string, { t }: Words): string => {
  const code = (/^[a-z_]+/.exec(fault)?.[0] ?? '').replace(/_$/, '');
  return knownFaults.has(code) ? t(`profiles.fault.${code}`) : t('profiles.fault.other');
};

const modelOf = (profile: ProfileView, path: string): ModelValueView | undefined => {
  const [of = '', name = ''] = path.split('.');
  const models = of === 'telemetry' ? profile.telemetry : of === 'state' ? profile.state : [];
  return models.find((model) => model.name === name);
};

type Told = { readonly path: string; readonly name: string; readonly value: string };

const told = (
  values: DeviceValues,
  find: (path: string) => ModelValueView | undefined,
  words: Words,
): readonly Told[] =>
  Object.entries(values).map(([path, value]) => {
    const model = find(path);
    const name = model === undefined ? path : words.pick(model.title);
    const plain = Array.isArray(value) ? value.join(', ') : String(value);
    return { path, name, value: model === undefined ? plain : valueText(model, value, words) };
  });

const Values = ({ rows }: { readonly rows: readonly Told[] }) => (
  <dl className="frame-values">
    {rows.map(({ path, name, value }) => (
      <div key={path}>
        <dt>
          {name} <code className="quiet">{path}</code>
        </dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

const OneFrame = ({ frame, profile }: { readonly frame: Frame; readonly profile: ProfileView }) => {
  const words = useWords();
  const { t, pick } = words;
  const { hex, message, values, events, refuses, answer, fault } = frame;
  return (
    <li className={`tried ${fault === null ? '' : 'tried-bad'}`}>
      <p>
        <span className={fault === null ? 'tone-granted' : 'tone-denied'}>
          <span aria-hidden="true">{fault === null ? '✓ ' : '✗ '}</span>
          <strong>
            {fault === null
              ? t('profiles.try.is', { message: message ?? '' })
              : faultText(fault, words)}
          </strong>
        </span>{' '}
        {fault === null ? null : <code className="quiet">{fault}</code>}
      </p>
      {hex === '' ? null : <code className="tried-bytes">{hex}</code>}
      <Values rows={told(values, (path) => modelOf(profile, path), words)} />
      {events.map(({ event, fields }, i) => {
        const model = profile.events.find(({ name }) => name === event);
        const find = (name: string) => model?.fields.find((field) => field.name === name);
        return (
          <div key={`${event}${i}`}>
            <p>
              {t('profiles.try.event', { event: model === undefined ? event : pick(model.title) })}
            </p>
            <Values rows={told(fields, find, words)} />
          </div>
        );
      })}
      {refuses === null ? null : <p>{t('profiles.try.refuses', { code: refuses })}</p>}
      {answer === null ? null : (
        <p>
          {t('profiles.try.answer')} <code>{answer}</code>
        </p>
      )}
    </li>
  );
};

/** What came of the bytes or of the command. */
export const FrameResult = ({
  result,
  profile,
}: {
  readonly result: DecodeView;
  readonly profile: ProfileView;
}) => {
  const { t, pick } = useWords();
  const { fault, frames, sends } = result;
  return (
    <div role="status" className="tried-all">
      {fault === null ? null : (
        <p className="tried tried-bad">
          <strong>{pick(fault.text)}</strong>{' '}
          <code className="quiet">
            {fault.code} {fault.at}
          </code>
        </p>
      )}
      {fault === null && frames.length + sends.length === 0 ? (
        <p className="quiet">{t('profiles.try.nothing')}</p>
      ) : null}
      <ul>
        {frames.map((frame, i) => (
          <OneFrame key={`${i}${frame.hex}`} frame={frame} profile={profile} />
        ))}
        {sends.map(({ hex, reply }, i) => (
          <li key={`${i}${hex}`} className="tried">
            <code className="tried-bytes">{hex}</code>
            {reply === null ? null : (
              <span className="quiet">{t('profiles.try.waitsFor', { reply })}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
};
