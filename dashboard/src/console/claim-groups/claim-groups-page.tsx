import type { ClaimGroupsView, ClaimGroupView } from '@gatehouse/protocols';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { claimGroupRoutes } from '../../api/claim-group-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import './claim-groups.css';
import { claimGroupsKey, GroupForm } from './group-form.tsx';

/** One gateway of a group: who it is, and whether it reaches the one that is asked. */
const Member = ({ id, isAuthority }: { readonly id: string; readonly isAuthority: boolean }) => {
  const { t, pick } = useWords();
  const gateway = usePicture().gateways.get(id);
  if (gateway === undefined) return null;
  const isAlone = gateway.claim?.state === 'alone';
  const silent = gateway.state === 'silent' ? 'silent' : 'together';
  const state = isAlone ? 'alone' : silent;
  return (
    <li className={`claim-member claim-${isAuthority ? 'authority' : state}`}>
      <i aria-hidden="true" />
      <span>
        {pick(gateway.name)}
        <small className="quiet">
          {t(isAuthority ? 'claimGroups.isAuthority' : `claimGroups.state.${state}`)}
        </small>
      </span>
    </li>
  );
};

/** Ending a group takes a second press. */
const EndGroup = ({ id }: { readonly id: string }) => {
  const { t } = useWords();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const end = async (): Promise<void> => {
    try {
      client.setQueryData(claimGroupsKey, await claimGroupRoutes.end(id));
    } catch (failure) {
      setError(failure);
      setAsks(false);
    }
  };
  if (!asks) {
    return (
      <>
        <button type="button" className="button" onClick={() => setAsks(true)}>
          {t('claimGroups.end')}
        </button>
        {error === null ? null : <ErrorNote error={error} />}
      </>
    );
  }
  return (
    <span className="claim-sure">
      <span>{t('claimGroups.endMeans')}</span>
      <button type="button" className="button danger" onClick={() => void end()}>
        {t('claimGroups.endNow')}
      </button>
      <button type="button" className="button" onClick={() => setAsks(false)}>
        {t('claimGroups.cancel')}
      </button>
    </span>
  );
};

const Group = ({
  view,
  group,
}: {
  readonly view: ClaimGroupsView;
  readonly group: ClaimGroupView;
}) => {
  const { t, pick } = useWords();
  const [edits, setEdits] = useState(false);
  const site = view.gateways.find((gateway) => gateway.site === group.site)?.siteName;
  const rest = group.members.filter((id) => id !== group.authority);
  return (
    <Panel
      title={site === undefined ? group.id : `${pick(site)} · ${group.id}`}
      count={group.members.length}
    >
      <ul className="claim-list">
        <Member id={group.authority} isAuthority />
        {rest.map((id) => (
          <Member key={id} id={id} isAuthority={false} />
        ))}
      </ul>
      <p className="quiet figures">
        {t('claimGroups.at', { host: group.host, port: String(group.port) })}
      </p>
      {edits ? (
        <GroupForm view={view} group={group} onDone={() => setEdits(false)} />
      ) : (
        <div className="claim-buttons">
          <button type="button" className="button" onClick={() => setEdits(true)}>
            {t('claimGroups.change')}
          </button>
          <EndGroup id={group.id} />
        </div>
      )}
    </Panel>
  );
};

const Alone = ({ view }: { readonly view: ClaimGroupsView }) => {
  const { t, pick } = useWords();
  const grouped = new Set(view.groups.flatMap(({ members }) => members));
  const alone = view.gateways.filter(({ id }) => !grouped.has(id));
  const [makes, setMakes] = useState(false);
  return (
    <Panel title={t('claimGroups.alone')} count={alone.length}>
      {alone.length === 0 ? (
        <Calm text={t('claimGroups.noneAlone')} hint={t('claimGroups.noneAloneHint')} />
      ) : (
        <p>{alone.map(({ name }) => pick(name)).join(t('claimGroups.and'))}</p>
      )}
      {makes ? <GroupForm view={view} group={null} onDone={() => setMakes(false)} /> : null}
      {makes || alone.length < 2 ? null : (
        <button type="button" className="button" onClick={() => setMakes(true)}>
          {t('claimGroups.make')}
        </button>
      )}
    </Panel>
  );
};

/** Which gateways ask which one whether a code was used, so that it opens once among them. */
export const ClaimGroupsPage = () => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: claimGroupsKey,
    queryFn: claimGroupRoutes.view,
  });
  return (
    <div className="list-page claim-groups">
      <header className="list-head">
        <p>
          <Link to="/gateways" className="panel-link">
            {t('nav.gateways')}
          </Link>
        </p>
        <h1>{t('claimGroups.title')}</h1>
        <p className="quiet">{t('claimGroups.intro')}</p>
      </header>
      {data === undefined ? (
        error === null && <div className="rows-wait" aria-busy="true" />
      ) : (
        <>
          {data.groups.map((group) => (
            <Group key={group.id} view={data} group={group} />
          ))}
          <Alone view={data} />
        </>
      )}
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
    </div>
  );
};
