import { doubtConditions } from '@gatehouse/protocols';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRoutes } from '../../api/use-routes.ts';
import { useConsole, usePicture } from '../console-context.ts';

export const doubtCodes: ReadonlySet<string> = new Set(Object.values(doubtConditions));

export const useMayInDoubt = (action: 'use.read' | 'use.act' | 'evidence.read'): boolean =>
  useConsole().session.may.includes(action);

/** The cases of one state: asked for anew whenever the stream tells that one came or went. */
export const useDoubts = (state: 'open' | 'closed') => {
  const { conditions } = usePicture();
  const told = [...conditions.values()]
    .filter(({ code }) => doubtCodes.has(code))
    .map(({ id, detail }) => `${id} ${detail}`)
    .toSorted()
    .join();
  return useQuery({
    queryKey: ['doubts', state, told],
    queryFn: () => useRoutes.doubts(state),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
};

export const useDoubtsChanged = (): (() => Promise<void>) => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['doubts'] });
};
