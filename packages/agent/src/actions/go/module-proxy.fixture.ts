import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** A module to serve, with its files by path. One of them is `go.mod`. */
export interface ServedModule {
  path: string;
  version: string;
  files: Record<string, string>;
}

/**
 * Writes one module in the layout of a file GOPROXY (https://go.dev/ref/mod#goproxy-protocol).
 * @returns the lines of the module for go.sum
 */
export async function writeModuleProxy(directory: string, { path, version, files }: ServedModule): Promise<string> {
  const folder = join(directory, path, '@v');
  await mkdir(folder, { recursive: true });
  const named = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${path}@${version}/${name}`, text]));
  const mod = files['go.mod'] ?? '';
  await writeFile(join(folder, 'list'), `${version}\n`);
  await writeFile(join(folder, `${version}.info`), JSON.stringify({ Version: version, Time: '2024-01-01T00:00:00Z' }));
  await writeFile(join(folder, `${version}.mod`), mod);
  await writeFile(join(folder, `${version}.zip`), zip(named));
  return `${path} ${version} ${hashOf(named)}\n${path} ${version}/go.mod ${hashOf({ 'go.mod': mod })}\n`;
}

/** Returns the `h1:` hash of go.sum, which is made of the sorted lines that sha256sum would print. */
function hashOf(files: Record<string, string>): string {
  const lines = Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`);
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}

/** Makes a zip archive without compression. */
function zip(files: Record<string, string>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    // These fields are the same in both headers: version, flags, method, time, date, checksum, sizes, length of the
    // name, no extra field.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.byteLength, 14);
    common.writeUInt32LE(data.byteLength, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, rest, Buffer.from(name));
    local.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data);
    offset += 30 + name.length + data.byteLength;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  for (const position of [8, 10]) end.writeUInt16LE(Object.keys(files).length, position);
  end.writeUInt32LE(Buffer.concat(central).byteLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...central, end]);
}
