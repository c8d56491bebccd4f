/**
 * The shapes of what people type, without any schema library, so that the command line can check its words before it
 * loads one. The schemas of the cluster file have the same shapes from here.
 */

/** A DNS label as RFC 1123 has it, without its greatest length of 63 characters. */
export const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A number from 0 to 255, without leading zeros, which some programs read as octal. */
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

/** An IPv4 address of four numbers. */
export const IPV4 = new RegExp(String.raw`^${octet}(\.${octet}){3}$`);

/** An IPv4 address and the length of a prefix. Whether bits are set outside of the prefix is not looked at. */
export const IPV4_RANGE = new RegExp(String.raw`^${octet}(\.${octet}){3}/(3[0-2]|[12]?[0-9])$`);

/**
 * The name of a network interface. The kernel takes any 15 bytes without "/" and blanks; these are the ones that
 * neither a shell nor a program's options could take for something else.
 */
export const INTERFACE_NAME = /^(?!\.{1,2}$)[A-Za-z0-9_.][A-Za-z0-9_.:@-]{0,14}$/;

/** Characters that do something to a terminal, or to the text around them, instead of showing themselves. */
const invisible = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`;

/** A text in one line, in which every character shows itself. */
export const ONE_LINE = new RegExp(`^[^${invisible}]*$`, 'u');

/** The same with line breaks and tabs, as a whole file may have them. */
export const LINES = new RegExp(`^([^${invisible}]|[\\n\\t])*$`, 'u');

/** Whether a text is the name or address of a host: labels of 63 characters, 253 together, or an IPv4 address. */
function isHost(text: string): boolean {
  if (/^[0-9.]+$/.test(text)) return IPV4.test(text);
  return (
    text.length <= 253 && text.split('.').every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
  );
}

/** Whether a text is a host as {@link isHost} has it, with or without `:` and a TCP port. */
export function isHostAndPort(text: string): boolean {
  const { host = text, port = '1' } = /^(?<host>[^:]*):(?<port>[1-9][0-9]{0,4})$/.exec(text)?.groups ?? {};
  return isHost(host) && Number(port) <= 65_535;
}
