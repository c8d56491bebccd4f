import { runTool } from './command.ts';

/** Returns the loop devices whose file is below a directory. */
export async function attachedLoopDevices(directory: string): Promise<string[]> {
  const list = await runTool(['losetup', '--json', '--list', '--output', 'NAME,BACK-FILE'], {
    doing: 'listing loop devices',
  });
  // When there is no device, losetup prints nothing at all.
  const { loopdevices } = JSON.parse(list || '{"loopdevices":[]}') as {
    loopdevices: { name: string; 'back-file': string | null }[];
  };
  return loopdevices.filter((device) => device['back-file']?.startsWith(`${directory}/`)).map((device) => device.name);
}

/** Detaches a loop device. One that is in use disappears when its last user ends. */
export async function detachLoopDevice(device: string): Promise<void> {
  await runTool(['losetup', '--detach', device], { doing: `detaching ${device}` });
}
