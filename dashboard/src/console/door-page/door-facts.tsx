import type { DoorView } from '@gatehouse/protocols';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/i18n.ts';
import { ConditionNote } from '../condition-note.tsx';
import { usePicture, useServerNow, useTimes } from '../console-context.ts';
import { heardText } from '../gateways/heard-text.ts';
import { Panel } from '../panel.tsx';
import { toneOfDoor } from '../trouble.ts';

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Conditions of the door itself, and of the gateway on which it depends. */
const DoorConditions = ({ door }: { readonly door: DoorView }) => {
  const own = [...usePicture().conditions.values()].filter(
    (each) =>
      each.door === door.id || (each.gateway === door.gateway && each.subject === each.gateway),
  );
  return own.map((condition) => <ConditionNote key={condition.id} condition={condition} />);
};

const GatewayFact = ({ door }: { readonly door: DoorView }) => {
  const { t, pick } = useWords();
  const now = useServerNow();
  const gateway = usePicture().gateways.get(door.gateway);
  if (gateway === undefined) return <Fact name={t('door.gateway')}>{door.gateway}</Fact>;
  const { policy } = gateway;
  const isBehind = policy.held < policy.newest;
  return (
    <>
      <Fact name={t('door.gateway')}>
        {pick(gateway.name)}
        <span className={`figures ${gateway.state === 'online' ? 'quiet' : 'tone-unknown'}`}>
          {t(`gateway.state.${gateway.state}`)} · {heardText(gateway, now, t)}
        </span>
      </Fact>
      <Fact name={t('door.policy')}>
        <span className={`figures ${isBehind ? 'tone-attention' : ''}`}>
          {t(isBehind ? 'door.policyBehind' : 'door.policyNewest', policy)}
        </span>
      </Fact>
    </>
  );
};

const whyKey = (door: DoorView, now: number): string => {
  if (!door.fresh) return 'old';
  if (door.passage !== 'secure' || door.lock !== 'unlocked') return door.passage;
  return toneOfDoor(door, now) === 'locked' ? 'passing' : 'unlocked';
};

/** What is known of the door, how it is known, and how old that is. */
export const DoorFacts = ({ door }: { readonly door: DoorView }) => {
  const { t } = useWords();
  const times = useTimes();
  const now = useServerNow();
  const sinceMs = door.since === null ? null : Date.parse(door.since);
  return (
    <Panel title={t('door.facts')}>
      <DoorConditions door={door} />
      <dl className="facts">
        <Fact name={t('door.lock')}>
          {t(`lock.${door.lock}`)} · {t(`contact.${door.contact}`)}
          {door.fresh ? null : <span className="tone-unknown">{t('door.old')}</span>}
        </Fact>
        <Fact name={t('door.since')}>
          {sinceMs === null ? (
            t('door.never')
          ) : (
            <time className="figures" dateTime={door.since ?? ''} title={times.full(sinceMs)}>
              {times.moment(sinceMs, now)}
            </time>
          )}
        </Fact>
        <Fact name={t('door.why')}>{t(`why.${whyKey(door, now)}`)}</Fact>
        <Fact name={t('door.class')}>{t(`doorClass.${door.class}`)}</Fact>
        <GatewayFact door={door} />
      </dl>
    </Panel>
  );
};
