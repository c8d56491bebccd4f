import { systemStep } from '../host/system.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { imageServerUnit } from './units.ts';

const PHASE = 'image-server';
const UNIT = 'vhive-images.service';

/**
 * A coordinator that `up` starts ends with it, while pods go on needing images: a function that is scaled up, or a pod
 * that moves to another node. So its host keeps a small service that answers in its place.
 */
export const imageServer: Phase = {
  name: PHASE,
  title: 'Image server',
  description: 'Keeps a service that answers nodes with images of the mirror tree while no coordinator runs',
  realness: { lab: 'real', note: '', byHand: [`systemctl status ${UNIT}`, `journalctl -u ${UNIT}`] },
  assumedSeconds: 5,
  enabled: ({ imageServer: server }) => server?.service !== undefined,
  units: ({ imageServer: server }, node) => (server?.service?.node === node.name ? [UNIT] : []),
  steps(context) {
    const service = context.imageServer?.service;
    return context.nodes
      .filter(({ name }) => name === service?.node)
      .map((node) =>
        nodeStep(context, PHASE, node, {
          title: 'image server',
          needs: [systemStep(node)],
          tasks: [
            task('service', `${UNIT} runs`, 'systemd.unit', {
              name: UNIT,
              content: imageServerUnit(service?.command ?? []),
              enabled: true,
              state: 'running',
              restartOn: service?.command.slice(0, 1) ?? [],
            }),
          ],
        }),
      );
  },
};
