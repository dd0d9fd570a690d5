import type { DevicePageView } from '@gatehouse/protocols';
import { useState } from 'react';
import { copyText } from '../../adapters/clipboard.ts';
import { framesAsText, hexGroups } from '../../device/wire.ts';
import type { Wire } from '../../device/wire.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';
import type { WireLink } from './use-wire.ts';
import { WireHealth } from './wire-health.tsx';

const arrows = { in: 'M19 12H5M11 6l-6 6 6 6', out: 'M5 12h14M13 6l6 6-6 6' } as const;

const Arrow = ({ direction }: { readonly direction: 'in' | 'out' }) => {
  const { t } = useWords();
  return (
    <span className={`wire-arrow wire-${direction}`}>
      <svg
        width="16"
        height="16"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d={arrows[direction]} />
      </svg>
      <span>{t(`wire.${direction}`)}</span>
    </span>
  );
};

const Frame = ({ frame }: { readonly frame: Wire['frames'][number] }) => {
  const { t } = useWords();
  const times = useTimes();
  const { at, direction, hex, bytes, meaning, isFault } = frame;
  return (
    <tr className={isFault ? 'frame-fault' : ''}>
      <td className="figures quiet frame-time">{times.precise(at)}</td>
      <td>
        <Arrow direction={direction} />
      </td>
      <td className="frame-meaning">
        {isFault ? <strong className="frame-mark">{t('wire.fault')}</strong> : null} {meaning}
      </td>
      <td className="frame-bytes">
        {hex === undefined ? (
          <span className="frame-hidden">{t('wire.hidden', { count: bytes })}</span>
        ) : (
          <code>
            {hexGroups(hex).map((run, i) => (
              <span key={i}>{run}</span>
            ))}
          </code>
        )}
      </td>
    </tr>
  );
};

const Frames = ({ wire }: { readonly wire: Wire }) => {
  const { t } = useWords();
  if (wire.frames.length === 0) return <p className="quiet">{t('wire.nothing')}</p>;
  return (
    <div className="frames" tabIndex={0} role="region" aria-label={t('wire.frames')}>
      <table>
        <thead className="visually-hidden">
          <tr>
            {(['time', 'direction', 'meaning', 'bytes'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`wire.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wire.frames.map((frame) => (
            <Frame key={frame.n} frame={frame} />
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Pausing holds what is read; what comes meanwhile is counted and there on going on. */
const WireTools = ({
  wire,
  held,
  onHold,
}: {
  readonly wire: Wire;
  readonly held: Wire | null;
  readonly onHold: (held: Wire | null) => void;
}) => {
  const { t } = useWords();
  const times = useTimes();
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const { frames } = held ?? wire;
  const copy = async (): Promise<void> => {
    const text = framesAsText(frames, times.precise, (count) => t('wire.hidden', { count }));
    setCopied((await copyText(text)) ? 'yes' : 'refused');
  };
  return (
    <div className="wire-tools">
      <button
        type="button"
        className="button small"
        aria-pressed={held !== null}
        onClick={() => {
          onHold(held === null ? wire : null);
        }}
      >
        {held === null ? t('wire.pause') : t('wire.go', { count: wire.seen - held.seen })}
      </button>
      <button
        type="button"
        className="button small"
        disabled={frames.length === 0}
        onClick={() => void copy()}
      >
        {t('wire.copy')}
      </button>
      <span className="quiet" role="status">
        {copied === 'no' ? '' : t(`wire.copied.${copied}`, { count: frames.length })}
      </span>
    </div>
  );
};

/** Frames and health, for those who may watch and while they do. */
export const WirePanel = ({
  page,
  wire,
  link,
  onSwitch,
}: {
  readonly page: DevicePageView;
  readonly wire: Wire;
  readonly link: WireLink;
  readonly onSwitch: (isOn: boolean) => void;
}) => {
  const { t } = useWords();
  const [held, setHeld] = useState<Wire | null>(null);
  const isOn = link !== 'off';
  return (
    <Panel
      title={t('wire.title')}
      className="wire"
      tools={
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={isOn}
          onClick={() => {
            setHeld(null);
            onSwitch(!isOn);
          }}
        >
          <i aria-hidden="true" />
          {t('wire.look')}
        </button>
      }
    >
      <p className={link === 'lost' ? 'tone-attention' : 'quiet'} role="status">
        {t(`wire.link.${page.device.fresh ? link : 'gateway'}`)}
      </p>
      {isOn ? (
        <>
          <WireHealth health={wire.health} />
          <WireTools wire={wire} held={held} onHold={setHeld} />
          <Frames wire={held ?? wire} />
          {wire.dropped === 0 ? null : (
            <p className="quiet figures">{t('wire.dropped', { count: wire.dropped })}</p>
          )}
        </>
      ) : null}
    </Panel>
  );
};
