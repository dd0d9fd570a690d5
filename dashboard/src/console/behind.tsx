import { useWords } from '../i18n/i18n.ts';
import { useConsole, useLive, useTimes } from './console-context.ts';

/** Never a silent stale page: says since when the picture is old, and which gateways are silent. */
export const Behind = () => {
  const { t, pick } = useWords();
  const { live } = useConsole();
  const { picture, link, lostAtMs, offsetMs, error } = useLive();
  const times = useTimes();
  const silent = [...(picture?.gateways.values() ?? [])].filter(({ state }) => state !== 'online');
  if (link === 'lost' && lostAtMs !== null) {
    return (
      <p className="behind" role="alert">
        <i className="behind-hatch" aria-hidden="true" />
        {t('behind.stream', { at: times.clock(lostAtMs + offsetMs) })}
      </p>
    );
  }
  if (error !== null && picture !== null) {
    return (
      <p className="behind" role="alert">
        <i className="behind-hatch" aria-hidden="true" />
        {t('behind.load')}
        <button type="button" className="button small" onClick={live.reload}>
          {t('error.retry')}
        </button>
      </p>
    );
  }
  if (silent.length === 0) return null;
  return (
    <p className="behind" role="status">
      <i className="behind-hatch" aria-hidden="true" />
      {t('behind.gateways', {
        names: silent.map(({ name }) => pick(name)).join(t('behind.and')),
      })}
    </p>
  );
};
