import type { ModelCommandView, ModelValueView } from '@gatehouse/protocols';
import { useId } from 'react';
import { boundsOf } from '../../device/arg-field.ts';
import type { ArgProblem, ArgTexts } from '../../device/arg-field.ts';
import { unitText } from '../../device/unit.ts';
import { useWords } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/i18n.ts';

const hintOf = (model: ModelValueView, words: Words): string => {
  const bounds = boundsOf(model, words.language);
  if (bounds !== null) return words.t(`arg.${bounds.key}`, bounds.values);
  if (model.charsMax !== null) return words.t('arg.chars', { count: model.charsMax });
  return model.type === 'list' ? words.t('arg.list') : '';
};

type FieldProps = {
  readonly id: string;
  readonly model: ModelValueView;
  readonly text: string;
  readonly isBad: boolean;
  readonly onChange: (text: string) => void;
};

const described = ({ id, isBad }: FieldProps) => ({
  id,
  'aria-describedby': `${id}-hint`,
  'aria-invalid': isBad,
});

const Choice = (props: FieldProps) => {
  const { t, pick } = useWords();
  const { model, text, onChange } = props;
  const options = model.values.map(({ value, title }) => ({ value, text: pick(title) }));
  return (
    <select
      className="field"
      value={text}
      onChange={({ currentTarget }) => {
        onChange(currentTarget.value);
      }}
      {...described(props)}
    >
      {text === '' ? <option value="">{t('arg.choose')}</option> : null}
      {options.map((each) => (
        <option key={each.value} value={each.value}>
          {each.text}
        </option>
      ))}
    </select>
  );
};

const Switch = (props: FieldProps) => {
  const { t, pick } = useWords();
  const { id, model, text, onChange } = props;
  const word = (value: string): string => {
    const own = model.values.find((each) => each.value === value)?.title;
    return own === undefined ? t(value === 'true' ? 'value.yes' : 'value.no') : pick(own);
  };
  return (
    <span className="arg-switch" role="radiogroup" aria-labelledby={`${id}-name`} id={id}>
      {['true', 'false'].map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={id}
            checked={text === value}
            onChange={() => {
              onChange(value);
            }}
          />
          {word(value)}
        </label>
      ))}
    </span>
  );
};

const Typed = (props: FieldProps) => {
  const { model, text, onChange } = props;
  const isNumber = model.type === 'integer' || model.type === 'number';
  const unit = isNumber ? unitText(model.unit) : '';
  return (
    <span className={`arg-typed ${unit === '¥' ? 'arg-unit-first' : ''}`}>
      <input
        className="field figures"
        type="text"
        inputMode={isNumber ? 'decimal' : 'text'}
        autoComplete="off"
        maxLength={isNumber ? 20 : (model.charsMax ?? 2048)}
        value={text}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
        {...described(props)}
      />
      {unit === '' ? null : (
        <span className="quiet" aria-hidden="true">
          {unit}
        </span>
      )}
    </span>
  );
};

const inputs = {
  boolean: Switch,
  enum: Choice,
  integer: Typed,
  number: Typed,
  text: Typed,
  list: Typed,
} as const;

const Field = ({
  model,
  text,
  problem,
  onChange,
}: {
  readonly model: ModelValueView;
  readonly text: string;
  readonly problem: ArgProblem | undefined;
  readonly onChange: (text: string) => void;
}) => {
  const words = useWords();
  const id = useId();
  const Input = inputs[model.type];
  const unit = unitText(model.unit);
  const hint = hintOf(model, words);
  const isBad = problem !== undefined;
  return (
    <div className="arg">
      <label htmlFor={id} id={`${id}-name`}>
        {words.pick(model.title)}
        {unit === '' ? null : <span className="visually-hidden"> ({unit})</span>}
      </label>
      <Input {...{ id, model, text, isBad, onChange }} />
      <small id={`${id}-hint`} className={isBad ? 'tone-denied' : 'quiet'}>
        {isBad ? `${words.t(`arg.problem.${problem}`)} ` : ''}
        {hint}
      </small>
    </div>
  );
};

/** One field for each argument, as its type and unit are typed. */
export const ArgFields = ({
  command,
  texts,
  problems,
  onChange,
}: {
  readonly command: ModelCommandView;
  readonly texts: ArgTexts;
  readonly problems: Readonly<Record<string, ArgProblem>>;
  readonly onChange: (name: string, text: string) => void;
}) => (
  <div className="args">
    {command.args.map((model) => (
      <Field
        key={model.name}
        model={model}
        text={texts[model.name] ?? ''}
        problem={problems[model.name]}
        onChange={(text) => {
          onChange(model.name, text);
        }}
      />
    ))}
  </div>
);
