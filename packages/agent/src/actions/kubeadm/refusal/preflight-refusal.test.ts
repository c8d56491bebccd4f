import { describe, expect, it } from 'vitest';
import { preflightRefusal } from './preflight-refusal.ts';
import * as recorded from './recorded-refusals.fixture.ts';

const refusal = (stderr: string) =>
  preflightRefusal('kubeadm join', { exitCode: 1, stdout: '[preflight] Running pre-flight checks\n', stderr })?.failure;

describe('preflightRefusal', () => {
  it('says what kubeadm says of the check, and that trying again is in vain', () => {
    expect(refusal(recorded.noKernelConfiguration)).toMatchObject({
      message: `kubeadm join: kubeadm's preflight refuses this host: [ERROR SystemVerification]: failed to parse kernel config: unable to load kernel module: "configs", output: "modprobe: FATAL: Module configs not found in directory /lib/modules/6.1.0-57-amd64\\n", err: exit status 1`,
      permanent: true,
      lastLines: expect.arrayContaining(['error: error execution phase preflight: preflight checks failed']),
    });
  });

  it('names every check, a common reason once, and no warning', () => {
    const message = refusal(recorded.bareMachine)?.message ?? '';
    expect(message.match(/\[ERROR [^\]]*\]/g)).toEqual([
      '[ERROR CRI]',
      '[ERROR SystemVerification]',
      '[ERROR FileContent--proc-sys-net-ipv4-ip_forward]',
    ]);
    expect(message).not.toContain('WARNING');
    expect(refusal(recorded.bareMachine)?.permanent).toBe(true);
  });

  it('may be tried again when all that is missing may come by itself', () => {
    const { permanent, message } = refusal(recorded.runtimeStarts) ?? {};
    expect(permanent).toBeUndefined();
    expect(message).toContain('[ERROR CRI]: could not connect to the container runtime');
    expect(message).toContain('; [ERROR Port-10250]: Port 10250 is in use');
  });

  it('keeps what a program that kubeadm asked said in several lines', () => {
    expect(refusal(recorded.severalLines)?.message).toMatch(
      /: \[ERROR ImagePull\]: failed to pull .* level=fatal msg="pulling image: not found" , error: exit status 1; \[ERROR NumCPU\]: .* required 2$/,
    );
  });

  it('is none when kubeadm failed for another reason', () => {
    expect(refusal(recorded.unreachable)).toBeUndefined();
    expect(refusal('')).toBeUndefined();
  });
});
