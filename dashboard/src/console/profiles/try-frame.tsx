import type { DecodeBody, DecodeView, ProfilePageView } from '@gatehouse/protocols';
import { Segmented } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { profileRoutes } from '../../api/profile-routes.ts';
import { readArgs, startText } from '../../device/arg-field.ts';
import type { ArgProblem, ArgTexts } from '../../device/arg-field.ts';
import { useWords } from '../../i18n/i18n.ts';
import { paramsLike, paramText, readEscapes, readHex } from '../../profile/typed.ts';
import { ArgFields } from '../device-page/arg-fields.tsx';
import { Panel } from '../panel.tsx';
import { FrameResult } from './frame-result.tsx';

const ways = ['hex', 'text', 'command'] as const;
type Way = (typeof ways)[number];
type Binding = ProfilePageView['bindings'][number];
const typedCharsMax = 4096;

const waysOf = (binding: Binding, page: ProfilePageView): readonly Way[] =>
  ways.filter(
    (way) =>
      way === 'hex' ||
      (way === 'text' && binding.isText) ||
      (way === 'command' && page.profile.commands.length > 0),
  );

type Typed = { readonly bytes: string; readonly asked: string; readonly text: string };
type Read = { readonly body?: Partial<DecodeBody>; readonly problem?: string };

/** What stands in the fields as the body of a request, or what is wrong with it. */
const readTyped = (way: Way, { bytes, asked, text }: Typed, isModbus: boolean): Read => {
  if (way === 'text') {
    return text === '' ? { problem: 'needed' } : { body: { text: readEscapes(text) } };
  }
  const hex = readHex(bytes);
  if (!hex.ok) return { problem: hex.problem };
  if (!isModbus) return { body: { hex: hex.hex } };
  const request = readHex(asked);
  return request.ok ? { body: { hex: hex.hex, asked: request.hex } } : { problem: request.problem };
};

const useTry = (page: ProfilePageView, binding: Binding) => {
  const [params, setParams] = useState<ArgTexts>({});
  const [result, setResult] = useState<DecodeView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ask = async (part: Partial<DecodeBody>): Promise<void> => {
    setError(null);
    try {
      setResult(
        await profileRoutes.decode(page.item.id, {
          version: page.shown.version,
          binding: binding.name,
          params: paramsLike(page.params, params),
          ...part,
        }),
      );
    } catch (failure) {
      setResult(null);
      setError(failure);
    }
  };
  const clear = (): void => {
    setResult(null);
    setError(null);
  };
  return { params, setParams, result, error, ask, clear };
};

const Line = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <label className="try-line">
    <span>{label}</span>
    {children}
  </label>
);

const Received = ({
  way,
  isModbus,
  onAsk,
}: {
  readonly way: Way;
  readonly isModbus: boolean;
  readonly onAsk: (part: Partial<DecodeBody>) => void;
}) => {
  const { t } = useWords();
  const [typed, setTyped] = useState<Typed>({ bytes: '', asked: '', text: '' });
  const [problem, setProblem] = useState<string | null>(null);
  const field = (name: keyof Typed, placeholder: string) => (
    <textarea
      className="field try-bytes"
      rows={2}
      maxLength={typedCharsMax}
      spellCheck={false}
      autoComplete="off"
      placeholder={placeholder}
      value={typed[name]}
      onChange={({ currentTarget: { value } }) => {
        setProblem(null);
        setTyped((before) => ({ ...before, [name]: value }));
      }}
    />
  );
  return (
    <form
      className="try-form"
      onSubmit={(event) => {
        event.preventDefault();
        const read = readTyped(way, typed, isModbus);
        setProblem(read.problem ?? null);
        if (read.body !== undefined) onAsk(read.body);
      }}
    >
      {isModbus ? (
        <Line label={t('profiles.try.asked')}>{field('asked', '01 04 00 00 …')}</Line>
      ) : null}
      {way === 'text' ? (
        <Line label={t('profiles.try.typedText')}>{field('text', 'A0\\r\\n')}</Line>
      ) : (
        <Line label={t('profiles.try.typedHex')}>{field('bytes', '02 1A …')}</Line>
      )}
      {problem === null ? null : (
        <p className="tone-denied" role="alert">
          {t(`profiles.try.problem.${problem}`)}
        </p>
      )}
      <p>
        <button type="submit" className="button main">
          {t('profiles.try.decode')}
        </button>
      </p>
    </form>
  );
};

const Sending = ({
  page,
  onAsk,
}: {
  readonly page: ProfilePageView;
  readonly onAsk: (part: Partial<DecodeBody>) => void;
}) => {
  const { t, pick } = useWords();
  const { commands } = page.profile;
  const [name, setName] = useState(commands[0]?.name ?? '');
  const [texts, setTexts] = useState<ArgTexts>({});
  const [problems, setProblems] = useState<Readonly<Record<string, ArgProblem>>>({});
  const command = commands.find((each) => each.name === name);
  if (command === undefined) return null;
  const starts = Object.fromEntries(command.args.map((model) => [model.name, startText(model)]));
  const all = { ...starts, ...texts };
  return (
    <form
      className="try-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readArgs(command.args, all);
        setProblems(read.problems);
        if (Object.keys(read.problems).length === 0) onAsk({ command: name, args: read.args });
      }}
    >
      <Line label={t('profiles.try.command')}>
        <select
          className="field"
          value={name}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            setTexts({});
            setProblems({});
          }}
        >
          {commands.map((each) => (
            <option key={each.name} value={each.name}>
              {pick(each.title)}
            </option>
          ))}
        </select>
      </Line>
      {command.args.length === 0 ? null : (
        <ArgFields
          command={command}
          texts={all}
          problems={problems}
          onChange={(arg, text) => {
            setTexts((before) => ({ ...before, [arg]: text }));
          }}
        />
      )}
      <p>
        <button type="submit" className="button main">
          {t('profiles.try.encode')}
        </button>
      </p>
    </form>
  );
};

const Params = ({
  page,
  texts,
  onChange,
}: {
  readonly page: ProfilePageView;
  readonly texts: ArgTexts;
  readonly onChange: (texts: ArgTexts) => void;
}) => {
  const { t } = useWords();
  const models = Object.entries(page.params);
  if (models.length === 0) return null;
  return (
    <details className="try-params">
      <summary>{t('profiles.try.params', { count: models.length })}</summary>
      <div className="args">
        {models.map(([name, model]) => (
          <Line key={name} label={name}>
            <input
              className="field"
              autoComplete="off"
              maxLength={512}
              value={texts[name] ?? paramText(model)}
              onChange={({ currentTarget }) => {
                onChange({ ...texts, [name]: currentTarget.value });
              }}
            />
          </Line>
        ))}
      </div>
    </details>
  );
};

/** Bytes in, values or the fault in words out; a command in, bytes out. Nothing is sent. */
export const TryFrame = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  const [first] = page.bindings;
  const [name, setName] = useState(first?.name ?? '');
  const [wished, setWay] = useState<Way>(first?.isText === true ? 'text' : 'hex');
  const binding = page.bindings.find((each) => each.name === name) ??
    first ?? { name: '', transport: '', isText: false };
  const { params, setParams, result, error, ask, clear } = useTry(page, binding);
  const offered = waysOf(binding, page);
  const way = offered.includes(wished) ? wished : 'hex';
  const onAsk = (part: Partial<DecodeBody>): void => void ask(part);
  return (
    <Panel title={t('profiles.try.title')} className="try-frame">
      <p className="quiet">{t('profiles.try.intro')}</p>
      <div className="try-tools">
        <select
          className="field"
          aria-label={t('profiles.try.binding')}
          value={binding.name}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            clear();
          }}
        >
          {page.bindings.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name === each.transport ? each.name : `${each.name} (${each.transport})`}
            </option>
          ))}
        </select>
        <Segmented<Way>
          aria-label={t('profiles.try.way')}
          value={way}
          options={offered.map((value) => ({ value, label: t(`profiles.try.by.${value}`) }))}
          onChange={(next) => {
            setWay(next);
            clear();
          }}
        />
      </div>
      <Params page={page} texts={params} onChange={setParams} />
      {way === 'command' ? (
        <Sending page={page} onAsk={onAsk} />
      ) : (
        <Received way={way} isModbus={binding.transport === 'modbus'} onAsk={onAsk} />
      )}
      {error === null ? null : <ErrorNote error={error} />}
      {result === null ? null : <FrameResult result={result} profile={page.profile} />}
    </Panel>
  );
};
