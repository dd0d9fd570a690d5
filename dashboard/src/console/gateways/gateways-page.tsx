import type { ConditionView, GatewayView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { ConditionNote } from '../condition-note.tsx';
import { useConsole, usePicture, useServerNow, useTimes } from '../console-context.ts';
import { heardText } from './heard-text.ts';

const Fact = ({
  name,
  isOdd = false,
  children,
}: {
  readonly name: string;
  readonly isOdd?: boolean;
  readonly children: ReactNode;
}) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd className={`figures ${isOdd ? 'tone-attention' : ''}`}>{children}</dd>
  </div>
);

const fillWarnsFrom = 0.7;
/** Below this a busy gateway is only between two batches. */
const waitingWarnsFrom = 200;

const Conditions = ({ own }: { readonly own: readonly ConditionView[] }) => {
  const { t } = useWords();
  if (own.length === 0) return <p className="gateway-well quiet">{t('gateway.well')}</p>;
  return (
    <ul className="gateway-conditions">
      {own.map((condition) => (
        <li key={condition.id}>
          <ConditionNote condition={condition} />
        </li>
      ))}
    </ul>
  );
};

const waitingKey = ({ waiting, state }: GatewayView): string => {
  if (state !== 'online') return 'gateway.waitsUnknown';
  if (waiting === 0) return 'gateway.nothingWaits';
  return 'gateway.sending';
};

const versionKey = ({ held, newest }: GatewayView['policy']): string =>
  held < newest ? 'gateway.ofNewest' : 'gateway.upToDate';

const GatewayFacts = ({ gateway }: { readonly gateway: GatewayView }) => {
  const { t, pick } = useWords();
  const { policy, revocation, waiting, journalFill, clock, version, claim } = gateway;
  const percent = Math.round(journalFill * 100);
  return (
    <dl className="facts">
      <Fact name={t('gateway.policy')} isOdd={policy.held < policy.newest}>
        {t(versionKey(policy), policy)}
      </Fact>
      <Fact name={t('gateway.revocation')} isOdd={revocation.held < revocation.newest}>
        {t(revocation.newest === 0 ? 'gateway.noneBlocked' : versionKey(revocation), revocation)}
      </Fact>
      <Fact name={t('gateway.waiting')} isOdd={waiting >= waitingWarnsFrom}>
        {t(waitingKey(gateway), { count: waiting })}
      </Fact>
      <Fact name={t('gateway.journal')} isOdd={journalFill >= fillWarnsFrom}>
        <span className="meter" aria-hidden="true">
          <i style={{ width: `${Math.max(1, percent)}%` }} />
        </span>
        {t(percent < 1 ? 'gateway.percentLow' : 'gateway.percent', { percent })}
      </Fact>
      <Fact name={t('gateway.clock')} isOdd={clock !== 'trusted'}>
        {t(`clock.${clock}`)}
      </Fact>
      <Fact name={t('gateway.version')}>{version}</Fact>
      {claim === undefined ? null : (
        <Fact name={t('gateway.claim.title')} isOdd={claim.state === 'alone'}>
          {t(claim.isAuthority ? 'gateway.claim.authority' : `gateway.claim.${claim.state}`, {
            authority: pick(claim.authority.name),
          })}
        </Fact>
      )}
    </dl>
  );
};

/** Cut off from the authority of its group: how large this island is, since when, what it means. */
const Island = ({ gateway, now }: { readonly gateway: GatewayView; readonly now: number }) => {
  const { t } = useWords();
  const times = useTimes();
  const { claim, doors } = gateway;
  if (claim?.state !== 'alone') return null;
  const sinceMs = claim.since === null ? now : Date.parse(claim.since);
  return (
    <div className="door-condition trouble-attention">
      <strong>
        {t('gateway.claim.island', { count: doors })}{' '}
        <time className="figures" dateTime={claim.since ?? undefined} title={times.full(sinceMs)}>
          {t('gateway.claim.since', { time: lasting(now - sinceMs, t) })}
        </time>
      </strong>
      <p>{t('gateway.claim.meaning', { people: claim.people ?? 0 })}</p>
    </div>
  );
};

const GatewayCard = ({ gateway, now }: { readonly gateway: GatewayView; readonly now: number }) => {
  const { t, pick } = useWords();
  const { conditions } = usePicture();
  const own = [...conditions.values()].filter((each) => each.gateway === gateway.id);
  return (
    <article className={`panel gateway gateway-${gateway.state}`}>
      <header className="gateway-head">
        <i className="gateway-light" aria-hidden="true" />
        <div>
          <h2>{pick(gateway.name)}</h2>
          <p className="quiet figures">{heardText(gateway, now, t)}</p>
        </div>
        <strong className={gateway.state === 'online' ? 'tone-granted' : 'tone-unknown'}>
          {t(`gateway.state.${gateway.state}`)}
        </strong>
      </header>
      <Conditions own={own} />
      <Island gateway={gateway} now={now} />
      {gateway.state === 'silent' ? <p className="quiet">{t('gateway.asLastHeard')}</p> : null}
      <GatewayFacts gateway={gateway} />
      <p className="gateway-links">
        <Link to="/doors" search={{ building: gateway.building }} className="panel-link">
          {t('gateway.doors', { count: gateway.doors })}
        </Link>
        <Link to="/devices" search={{ gateway: gateway.id }} className="panel-link">
          {t('gateway.devices')}
        </Link>
      </p>
    </article>
  );
};

/** The boxes in the buildings: what they hold, what waits on them, what is wrong. */
export const GatewaysPage = () => {
  const { t } = useWords();
  const gateways = [...usePicture().gateways.values()];
  const maySet = useConsole().session.may.includes('settings');
  const now = useServerNow();
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('nav.gateways')}</h1>
        <p className="quiet">{t('gateway.intro')}</p>
        {maySet ? (
          <p>
            <Link to="/gateways/groups" className="panel-link">
              {t('gateway.groups')}
            </Link>
          </p>
        ) : null}
      </header>
      {gateways.length === 0 ? (
        <section className="empty-state">
          <h2>{t('gateway.none')}</h2>
          <p className="quiet">{t('gateway.noneHint')}</p>
        </section>
      ) : (
        <div className="gateways">
          {gateways.map((gateway) => (
            <GatewayCard key={gateway.id} gateway={gateway} now={now} />
          ))}
        </div>
      )}
    </div>
  );
};
