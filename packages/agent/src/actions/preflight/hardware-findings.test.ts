import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { hardwareFindings } from './hardware-findings.ts';

async function checks(files: Record<string, string>, needsKvm: boolean, wantsNvidia: boolean) {
  await using context = await testContext();
  const { host } = context;
  for (const [path, text] of Object.entries(files)) await host.writeFile(path, text, { mode: '0644' });
  return (await hardwareFindings(host, { needsKvm, wantsNvidia })).map(({ check, level }) => `${level}: ${check}`);
}

const cpu = (vendor: string) => ({ '/proc/cpuinfo': `processor\t: 0\nvendor_id\t: ${vendor}\nmodel name\t: x\n` });

test('microVMs on AMD are warned of, since Firecracker’s T2 is for Intel', async () => {
  expect(await checks(cpu('AuthenticAMD'), true, false)).toEqual(['warning: cpu template']);
  expect(await checks(cpu('GenuineIntel'), true, false)).toEqual([]);
  expect(await checks(cpu('AuthenticAMD'), false, false)).toEqual([]);
});

test('GPUs without a driver are warned of', async () => {
  expect(await checks({}, false, true)).toEqual(['warning: nvidia driver']);
  expect(await checks({ '/dev/nvidiactl': '' }, false, true)).toEqual([]);
  expect(await checks({}, false, false)).toEqual([]);
});
