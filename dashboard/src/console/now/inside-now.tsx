import { useWords } from '../../i18n/i18n.ts';
import { usePicture } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';

const width = 120;
const height = 32;

/** Entries by quarter of an hour, drawn as bars that need no axis. */
const Trend = ({
  counts,
  label,
}: {
  readonly counts: readonly number[];
  readonly label: string;
}) => {
  const top = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  return (
    <svg className="trend" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {counts.map((count, i) => {
        const tall = Math.max(1.5, (count / top) * height);
        return (
          <rect key={i} x={i * step} y={height - tall} width={step - 1.4} height={tall} rx="1" />
        );
      })}
    </svg>
  );
};

/** How many went in and have not come out, by building. */
export const InsideNow = () => {
  const { t, pick } = useWords();
  const inside = [...usePicture().inside.values()];
  return (
    <Panel title={t('now.inside')}>
      {inside.length === 0 ? (
        <Calm text={t('now.insideEmpty')} hint={t('now.insideHint')} />
      ) : (
        <ul className="inside">
          {inside.map(({ building, buildingName, count, trend }) => (
            <li key={building}>
              <span>{pick(buildingName)}</span>
              <Trend
                counts={trend}
                label={t('now.trend', { count: trend.reduce((sum, each) => sum + each, 0) })}
              />
              <strong className="figures">{count}</strong>
            </li>
          ))}
        </ul>
      )}
      <p className="panel-foot quiet">{t('now.insideNote')}</p>
    </Panel>
  );
};
