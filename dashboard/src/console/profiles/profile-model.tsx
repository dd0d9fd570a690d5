import type { ModelValueView, ProfileView } from '@gatehouse/protocols';
import { boundsOf } from '../../device/arg-field.ts';
import { unitText } from '../../device/unit.ts';
import { useWords } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';

/** What a value can be: its words, its bounds or its kind. */
const kindText = (model: ModelValueView, words: Words): string => {
  const { t, pick, language } = words;
  if (model.values.length > 0) return model.values.map(({ title }) => pick(title)).join(' / ');
  const bounds = boundsOf(model, language);
  if (bounds !== null) return t(`arg.${bounds.key}`, bounds.values);
  const unit = unitText(model.unit);
  return unit === '' ? t(`profiles.type.${model.type}`) : unit;
};

type Line = {
  readonly name: string;
  readonly title: string;
  readonly says: string;
};

const valueLine = (model: ModelValueView, words: Words): Line => ({
  name: model.name,
  title: words.pick(model.title),
  says: kindText(model, words),
});

const withFields = (fields: readonly ModelValueView[], words: Words, more = ''): string => {
  const texts = fields.map((field) => `${words.pick(field.title)} (${kindText(field, words)})`);
  return [...texts, more].filter((text) => text !== '').join(' · ');
};

const groupsOf = (profile: ProfileView, words: Words) =>
  [
    { group: 'state', lines: profile.state.map((each) => valueLine(each, words)) },
    { group: 'telemetry', lines: profile.telemetry.map((each) => valueLine(each, words)) },
    {
      group: 'events',
      lines: profile.events.map(({ name, title, fields }) => ({
        name,
        title: words.pick(title),
        says: withFields(fields, words),
      })),
    },
    {
      group: 'commands',
      lines: profile.commands.map(({ name, title, args, confirms }) => ({
        name,
        title: words.pick(title),
        says: withFields(args, words, confirms ? '' : words.t('run.neverConfirms')),
      })),
    },
  ].filter(({ lines }) => lines.length > 0);

/** What a device of this profile is, tells and does, in words. */
export const ProfileModel = ({ profile }: { readonly profile: ProfileView }) => {
  const words = useWords();
  const { t } = words;
  return (
    <Panel title={t('profiles.model.title')} className="profile-model">
      {groupsOf(profile, words).map(({ group, lines }) => (
        <div key={group} className="profile-model-group">
          <h3>{t(`profiles.model.${group}`)}</h3>
          <ul>
            {lines.map(({ name, title, says }) => (
              <li key={name}>
                <span>
                  <strong>{title}</strong> <code className="quiet">{name}</code>
                </span>
                <span className="quiet">{says}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Panel>
  );
};
