import type { AffiliationView, PersonPageView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { EndForm } from './end-form.tsx';
import { GroupsField } from './groups-field.tsx';
import { HeldCard } from './held-card.tsx';
import { TextField } from './text-field.tsx';
import { useAsking } from './use-asking.ts';
import { useDays } from './use-days.ts';

type Props = {
  readonly affiliation: AffiliationView;
  readonly onChange: (page: PersonPageView) => void;
};

const IssueForm = ({
  affiliation,
  onChange,
  onClose,
}: Props & { readonly onClose: () => void }) => {
  const { t } = useWords();
  const [number, setNumber] = useState('');
  const [to, setTo] = useState('');
  const [groups, setGroups] = useState<readonly string[]>([]);
  const { isBusy, error, ask } = useAsking();
  const isVisitor = affiliation.kind === 'visitor';
  const hasEnd = affiliation.to !== null;
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = number.trim() === '' ? null : number.trim();
        const card = { number: typed, groups: [...groups], ...(to === '' ? {} : { to }) };
        ask(async () => {
          onChange(await peopleRoutes.issue(affiliation.id, card));
          onClose();
        });
      }}
    >
      <TextField
        label={t('people.number')}
        value={number}
        maxLength={20}
        isWanted={!isVisitor}
        hint={isVisitor ? t('people.numberDrawn') : ''}
        onChange={setNumber}
      />
      <TextField
        label={t(hasEnd ? 'people.cardToMaybe' : 'people.cardTo')}
        type="date"
        value={to}
        isWanted={!hasEnd}
        onChange={setTo}
      />
      <GroupsField chosen={groups} onChange={setGroups} />
      {error === null ? null : <ErrorNote error={error} />}
      <span className="person-actions">
        <button type="submit" className="button main" disabled={isBusy}>
          {t('people.issue')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
      </span>
    </form>
  );
};

const useStanding = ({ endedAt, to }: AffiliationView): 'ended' | 'over' | 'runs' => {
  const days = useDays();
  if (endedAt !== null) return 'ended';
  return days.isOver(to) ? 'over' : 'runs';
};

const Facts = ({ affiliation }: Pick<Props, 'affiliation'>) => {
  const { t, pick } = useWords();
  const days = useDays();
  const state = useStanding(affiliation);
  const { from, to, sponsor, endedAt } = affiliation;
  return (
    <p className="affiliation-facts">
      <span className="figures">
        {days.first(from)} – {to === null ? t('people.noEnd') : days.last(to)}
      </span>
      <span className={state === 'runs' ? 'tone-granted' : 'quiet'}>
        {endedAt === null
          ? t(`people.state.${state}`)
          : t('people.endedAt', { at: days.first(endedAt) })}
      </span>
      {sponsor === null ? null : (
        <span>
          {t('people.sponsor')}{' '}
          <Link to="/people/$person" params={{ person: sponsor.id }}>
            {pick(sponsor.name)}
          </Link>
        </span>
      )}
    </p>
  );
};

/** What somebody is to the school, with its cards: the live one open, the others folded. */
export const AffiliationPanel = ({ affiliation, onChange }: Props) => {
  const { t, pick } = useWords();
  const state = useStanding(affiliation);
  const [tool, setTool] = useState<'issue' | 'end' | null>(null);
  const live = affiliation.cards.filter((card) => card.state !== 'ended');
  const ended = affiliation.cards.filter((card) => card.state === 'ended');
  const close = (): void => {
    setTool(null);
  };
  const title = `${t(`affiliation.${affiliation.kind}`)} · ${pick(affiliation.unit)}`;
  return (
    <Panel title={title} className={`affiliation affiliation-${state}`}>
      <Facts affiliation={affiliation} />
      {live.map((card) => (
        <HeldCard key={card.card} card={card} onChange={onChange} />
      ))}
      {live.length === 0 && state === 'runs' && tool !== 'issue' ? (
        <p className="quiet">{t('people.noCard')}</p>
      ) : null}
      {ended.length === 0 ? null : (
        <details>
          <summary>{t('people.endedCards', { count: ended.length })}</summary>
          {ended.map((card) => (
            <HeldCard key={card.card} card={card} onChange={onChange} />
          ))}
        </details>
      )}
      {tool === 'issue' ? (
        <IssueForm affiliation={affiliation} onChange={onChange} onClose={close} />
      ) : null}
      {tool === 'end' ? (
        <EndForm
          about={t('people.endAffiliationAbout')}
          action={t('people.endAffiliation')}
          onEnd={async (reason) => {
            onChange(await peopleRoutes.endAffiliation(affiliation.id, reason));
          }}
          onClose={close}
        />
      ) : null}
      {tool === null && state !== 'ended' ? (
        <span className="person-actions">
          {live.length === 0 && state === 'runs' ? (
            <button
              type="button"
              className="button main"
              onClick={() => {
                setTool('issue');
              }}
            >
              {t('people.issue')}
            </button>
          ) : null}
          <button
            type="button"
            className="button plain"
            onClick={() => {
              setTool('end');
            }}
          >
            {t('people.endAffiliation')}
          </button>
        </span>
      ) : null}
    </Panel>
  );
};
