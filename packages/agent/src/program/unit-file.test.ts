import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { releaseFile } from './paths.ts';
import { environmentFile, unitFile } from './unit-file.ts';

it('is the template of the release with the launcher in it', async () => {
  const template = await readFile(releaseFile('systemd/vhive-agent.service'), 'utf8');
  const unit = unitFile(template, '/opt/vhive/bin/vhive-agent');
  expect(unit.match(/^ExecStart=.*$/gm)).toEqual(['ExecStart=/opt/vhive/bin/vhive-agent run']);
  expect(unit).toContain('Restart=always');
  expect(releaseFile('bin/vhive-agent')).toBe(join(releaseFile('bin'), 'vhive-agent'));
});

it('quotes what systemd would read otherwise', () => {
  expect(unitFile('ExecStart=x\n', '/a b/100%/$x')).toBe('ExecStart="/a b/100%%/$$x" run\n');
  expect(environmentFile({ NAME: 'a "b" $c' })).toContain('NAME="a \\"b\\" \\$c"');
});
