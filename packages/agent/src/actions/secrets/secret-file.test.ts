import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { createSealingSeed, createSecrets, sealingKeyOf } from '../../transport/enrolment/sealing.ts';
import { type TestContext, testContext } from '../kit/context.fixture.ts';
import { secretFile } from './secret-file.ts';
import { secretSeal } from './secret-seal.ts';

const SECRET = 'apiVersion: v1\nkind: Config\nusers: [{token: hunter2-$&-hunter2}]\n';
const [sender, receiver] = [createSealingSeed(), createSealingSeed()];

/** Makes a context that really seals and opens secrets. */
async function node(seed: string): Promise<TestContext> {
  return Object.assign(
    await testContext(),
    createSecrets(() => seed),
  );
}

const sealParams = (path = '/etc/kubernetes/admin.conf') =>
  agentActions['secret.seal'].params.parse({ path, recipients: { worker1: sealingKeyOf(receiver) } });

async function sealed() {
  await using context = await node(sender);
  await context.host.writeFile('/etc/kubernetes/admin.conf', SECRET, { mode: '0600' });
  const result = await secretSeal.check(sealParams(), context);
  if (!result.converged) throw new Error('not sealed');
  expect(context.redacted).toContain(SECRET);
  expect(agentActions['secret.seal'].outputs.parse(result.outputs)).toEqual(result.outputs);
  const [box] = Object.values(result.outputs.sealed);
  expect(JSON.stringify(result)).not.toContain('hunter2');
  return box;
}

const fileParams = (input: object) =>
  agentActions['secret.file'].params.parse({ path: '/root/.kube/config', ...input });

test('what one node seals, the other has in a file that is its own', async () => {
  const params = fileParams({ sealed: await sealed() });
  await using context = await node(receiver);
  const before = await secretFile.check(params, context);
  expect(before).toMatchObject({ converged: false });
  await secretFile.apply(params, context);
  expect((await context.host.readFile('/root/.kube/config'))?.toString()).toBe(SECRET);
  expect(await context.host.stat('/root/.kube/config')).toMatchObject({ mode: '0600' });
  expect(await secretFile.check(params, context)).toEqual({ converged: true, outputs: {} });

  await context.host.writeFile('/root/.kube/config', 'other', { mode: '0644' });
  const drifted = await secretFile.check(params, context);
  expect(drifted).toMatchObject({
    converged: false,
    changes: [expect.stringContaining('(secret)'), expect.any(String)],
  });
  expect(JSON.stringify([before, drifted, context.logged])).not.toContain('hunter2');
});

test('a template stands around the secret, its forms are redacted', async () => {
  const params = fileParams({ sealed: await sealed(), template: 'auth={base64}\nplain={value}{other}' });
  await using context = await node(receiver);
  await secretFile.apply(params, context);
  const base64 = Buffer.from(SECRET).toString('base64');
  expect((await context.host.readFile('/root/.kube/config'))?.toString()).toBe(
    `auth=${base64}\nplain=${SECRET}{other}`,
  );
  expect(context.redacted).toEqual(expect.arrayContaining([SECRET, base64]));
});

test('for another node it stays closed', async () => {
  const params = fileParams({ sealed: await sealed() });
  await using context = await node(createSealingSeed());
  await expect(secretFile.check(params, context)).rejects.toMatchObject({ code: 'refused' });
});

test('no file yet: would be sealed in a dry run, an error otherwise', async () => {
  await using context = await node(sender);
  expect(await secretSeal.check(sealParams(), context)).toEqual({
    converged: false,
    changes: ['/etc/kubernetes/admin.conf: is sealed once it is there'],
  });
  await expect(secretSeal.apply(sealParams(), context)).rejects.toThrow('/etc/kubernetes/admin.conf is not there');
});

test.each([
  ['too large', Buffer.alloc(64 * 1024 + 1, 'a'), '65537 bytes'],
  ['not text', Buffer.from([0xff, 0xfe, 0x00]), 'no text in UTF-8'],
])('%s: refused for good', async (_title, content, expected) => {
  await using context = await node(sender);
  await context.host.writeFile('/secret', content, { mode: '0600' });
  await expect(secretSeal.check(sealParams('/secret'), context)).rejects.toMatchObject({
    message: expect.stringContaining(expected),
    failure: { permanent: true },
  });
});
