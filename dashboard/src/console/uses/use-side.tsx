import type { JudgedUseView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { useRoutes } from '../../api/use-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { useMayInDoubt } from './use-doubts.ts';

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="use-fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Moment = ({ at }: { readonly at: string }) => {
  const times = useTimes();
  const now = useServerNow(60_000);
  const atMs = Date.parse(at);
  return (
    <time className="figures" dateTime={at} title={times.full(atMs)}>
      {times.moment(atMs, now)}
    </time>
  );
};

/** The code itself, on request: each look stands in the audit. */
const Evidence = ({ use }: { readonly use: JudgedUseView }) => {
  const { t } = useWords();
  const mayRead = useMayInDoubt('evidence.read');
  const [jws, setJws] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = (): void => {
    useRoutes.evidence(use.id).then(({ jws: text }) => {
      setJws(text);
      setError(null);
    }, setError);
  };
  return (
    <>
      {t(`uses.evidence.${use.evidence}`)}
      {mayRead && use.evidence === 'kept' && jws === null ? (
        <div>
          <button type="button" className="button plain small" onClick={look}>
            {t('uses.evidence.show')}
          </button>
        </div>
      ) : null}
      {jws === null ? null : <code className="use-jws">{jws}</code>}
      {error === null ? null : <ErrorNote error={error} />}
    </>
  );
};

/** One of the two uses: where, when, by which box, on whose word, with what proof. */
export const UseSide = ({
  use,
  standing,
}: {
  readonly use: JudgedUseView;
  readonly standing: 'stands' | 'doubtful';
}) => {
  const { t, pick } = useWords();
  const { door, gateway, madeAt } = use;
  return (
    <section className={`use-side use-${standing}`}>
      <h3>
        {t(use.granted ? `uses.side.${standing}` : 'uses.side.refused')}
        {use.provisional ? <span className="use-provisional">{t('uses.provisional')}</span> : null}
      </h3>
      <dl>
        <Fact name={t('uses.door')}>
          {door === null ? (
            '—'
          ) : (
            <Link to="/doors/$door" params={{ door: door.id }} className="row-link">
              {pick(door.name)}
            </Link>
          )}
        </Fact>
        <Fact name={t('uses.happened')}>
          <Moment at={use.at} />
        </Fact>
        <Fact name={t('uses.arrived')}>
          <Moment at={use.receivedAt} />
        </Fact>
        <Fact name={t('uses.made')}>
          {madeAt === null ? t('uses.madeUnknown') : <Moment at={madeAt} />}
        </Fact>
        <Fact name={t('uses.gateway')}>{pick(gateway.name)}</Fact>
        <Fact name={t('uses.basis')}>{t(`uses.basisOf.${use.basis}`)}</Fact>
        <Fact name={t('uses.proof')}>
          <Evidence use={use} />
        </Fact>
      </dl>
    </section>
  );
};
