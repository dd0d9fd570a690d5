import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { profileRoutes } from '../../api/profile-routes.ts';
import { useConsole } from '../console-context.ts';

const lookAgainMs = 15_000;

export const useMay = (action: 'profile.read' | 'profile.write'): boolean =>
  useConsole().session.may.includes(action);

export const useProfileList = () =>
  useQuery({
    queryKey: ['profile-list'],
    queryFn: profileRoutes.list,
    refetchInterval: lookAgainMs,
    staleTime: 0,
  });

export const useProfilePage = (id: string, version: string | undefined) =>
  useQuery({
    queryKey: ['profile-page', id, version ?? ''],
    queryFn: () => profileRoutes.page(id, version),
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

/** After a change: everything that shows a profile is asked for anew. */
export const useProfileChanged = (): (() => Promise<void>) => {
  const client = useQueryClient();
  return async () => {
    await Promise.all(
      ['profile-list', 'profile-page', 'profiles'].map((name) =>
        client.invalidateQueries({ queryKey: [name] }),
      ),
    );
  };
};
