import type { CommandView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { pause } from '../../adapters/clock.ts';
import { routes } from '../../api/routes.ts';
import { usePicture } from '../console-context.ts';

const askEveryMs = 2_500;

const ended: readonly CommandView['state'][] = ['confirmed', 'expired', 'failed'];

/** Of a command that the device never confirms, `sent` is the end. */
export const isRunning = (command: CommandView | null, confirms: boolean): boolean =>
  command !== null && !ended.includes(command.state) && (confirms || command.state !== 'sent');

const hasMore = (asked: CommandView, streamed: CommandView | null): boolean =>
  asked.id === streamed?.id && asked.steps.length > streamed.steps.length;

/** The stream tells each step; where it is broken, asking tells how the command ended. */
export const useCommand = (sent: CommandView | null, confirms: boolean): CommandView | null => {
  const { commands } = usePicture();
  const streamed = sent === null ? null : (commands.get(sent.id) ?? sent);
  const id = streamed?.id ?? '';
  const { data: asked } = useQuery({
    queryKey: ['command', id],
    queryFn: async () => {
      await pause(askEveryMs);
      return routes.command(id);
    },
    enabled: isRunning(streamed, confirms),
    refetchInterval: ({ state }) => (isRunning(state.data ?? null, confirms) ? askEveryMs : false),
    staleTime: 0,
  });
  return asked !== undefined && hasMore(asked, streamed) ? asked : streamed;
};
