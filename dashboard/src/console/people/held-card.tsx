import type { HeldCardView, PersonPageView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { CardStateSign } from '../cards/card-face.tsx';
import { EndForm } from './end-form.tsx';
import { GroupsField } from './groups-field.tsx';
import { PinForm } from './pin-form.tsx';
import { UidForm } from './uid-form.tsx';
import { useAsking } from './use-asking.ts';
import { useDays } from './use-days.ts';

type Props = {
  readonly card: HeldCardView;
  readonly onChange: (page: PersonPageView) => void;
};

/** Asks once more: a stray tap must not lock anybody out. */
const EndButton = ({
  label,
  isBusy,
  onEnd,
}: {
  readonly label: string;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}) => {
  const { t } = useWords();
  const [isSure, setSure] = useState(false);
  return (
    <button
      type="button"
      className={`button small ${isSure ? 'danger' : ''}`}
      aria-label={isSure ? undefined : label}
      disabled={isBusy}
      onBlur={() => {
        setSure(false);
      }}
      onClick={() => {
        if (isSure) onEnd();
        setSure(!isSure);
      }}
    >
      {isSure ? `${label}?` : t('people.end')}
    </button>
  );
};

const Held = ({ card, onChange }: Props) => {
  const { t } = useWords();
  const days = useDays();
  const { isBusy, error, ask } = useAsking();
  const { phone, uids, pin } = card;
  const since = (at: string): string => t('cards.since', { at: days.first(at) });
  const endButton = (label: string, run: () => Promise<PersonPageView>) => (
    <EndButton
      label={label}
      isBusy={isBusy}
      onEnd={() => {
        ask(async () => {
          onChange(await run());
        });
      }}
    />
  );
  return (
    <>
      <ul className="held-list">
        <li>
          <strong>{t('cards.phone')}</strong>
          <span className="quiet">
            {phone === null ? t('cards.noPhone') : since(phone.enrolledAt)}
          </span>
        </li>
        {uids.map(({ id, tail, kind, since: at }) => (
          <li key={id}>
            <strong>{t(`cards.kind.${kind}`)}</strong>
            <span className="quiet figures">
              ···{tail} · {since(at)}
            </span>
            {endButton(t('people.endUid', { tail }), () => peopleRoutes.endUid(card.card, id))}
          </li>
        ))}
        <li>
          <strong>{t('cards.pin')}</strong>
          <span className="quiet figures">
            {pin === null
              ? t('cards.noPin')
              : `${t('people.pinNumber', { number: pin.number })} · ${since(pin.since)}`}
          </span>
          {pin === null
            ? null
            : endButton(t('people.endPin'), () => peopleRoutes.endPin(card.card))}
        </li>
      </ul>
      {error === null ? null : <ErrorNote error={error} />}
    </>
  );
};

const GroupsForm = ({ card, onChange, onClose }: Props & { readonly onClose: () => void }) => {
  const { t } = useWords();
  const [groups, setGroups] = useState<readonly string[]>(card.groups);
  const { isBusy, error, ask } = useAsking();
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask(async () => {
          onChange(await peopleRoutes.putGroups(card.card, groups));
          onClose();
        });
      }}
    >
      <GroupsField chosen={groups} onChange={setGroups} />
      {error === null ? null : <ErrorNote error={error} />}
      <span className="person-actions">
        <button type="submit" className="button main" disabled={isBusy}>
          {t('people.saveGroups')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
      </span>
    </form>
  );
};

const tools = ['addUid', 'pin', 'groups', 'endCard'] as const;
type Tool = (typeof tools)[number];

const OpenTool = ({
  tool,
  card,
  onChange,
  onClose,
}: Props & { readonly tool: Tool; readonly onClose: () => void }) => {
  const { t } = useWords();
  const shared = { onChange, onClose };
  if (tool === 'addUid') return <UidForm card={card.card} {...shared} />;
  if (tool === 'pin') return <PinForm card={card.card} number={card.number} {...shared} />;
  if (tool === 'groups') return <GroupsForm card={card} {...shared} />;
  return (
    <EndForm
      about={t('people.endCardAbout', { number: card.number })}
      action={t('people.tool.endCard')}
      onEnd={async (reason) => {
        onChange(await peopleRoutes.endCard(card.card, reason));
      }}
      onClose={onClose}
    />
  );
};

/** A card: how it is, what it opens with, and what can be done with it. */
export const HeldCard = ({ card, onChange }: Props) => {
  const { t } = useWords();
  const days = useDays();
  const [tool, setTool] = useState<Tool | null>(null);
  const { number, state, validFrom, validTo, groups } = card;
  const isOver = state !== 'ended' && days.isOver(validTo);
  return (
    <section className={`held-card held-card-${state}`} aria-label={number}>
      <header>
        <Link to="/cards/$card" params={{ card: card.card }} className="figures held-number">
          {number}
        </Link>
        <CardStateSign state={state} />
        {isOver ? <span className="held-over">{t('people.over')}</span> : null}
        <span className="quiet figures">
          {days.first(validFrom)} – {days.last(validTo)}
        </span>
      </header>
      {state === 'ended' ? null : (
        <>
          <p className="held-groups">
            {groups.length === 0 ? t('people.noGroups') : groups.join(' · ')}
          </p>
          <Held card={card} onChange={onChange} />
          {tool === null ? (
            <span className="person-actions">
              {tools.map((each) => (
                <button
                  key={each}
                  type="button"
                  className={`button ${each === 'endCard' ? 'danger' : ''}`}
                  onClick={() => {
                    setTool(each);
                  }}
                >
                  {t(`people.tool.${each}`)}
                </button>
              ))}
            </span>
          ) : (
            <OpenTool
              tool={tool}
              card={card}
              onChange={onChange}
              onClose={() => {
                setTool(null);
              }}
            />
          )}
        </>
      )}
    </section>
  );
};
