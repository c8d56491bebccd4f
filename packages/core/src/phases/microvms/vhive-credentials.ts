import { output, type Step, type Task } from '@vhive/shared';
import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { functionNodes, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { usesCredentials } from '../kit/vhive-flags.ts';

/** The file with the environment of vhive.service, which holds the credentials. Only root can read it. */
export const CREDENTIALS_FILE = '/etc/vhive-cri/credentials.env';

/**
 * The variable of the credentials. It is in Base64, so that no quote and no line break of the JSON means anything to
 * systemd.
 */
const VARIABLE = 'VHIVE_DOCKER_CREDENTIALS';

/**
 * vHive takes credentials as a flag, which every user of the node could read. This file of its package main, which is
 * compiled in beside vHive's own, takes them from the environment instead, before vHive reads its flags, and removes
 * them there so that no program that vHive starts inherits them. Go reads arguments from its own copy, so the kernel's
 * list of them stays as it was.
 */
export const credentialsOverlay: Record<string, string> = {
  'docker_credentials_from_environment.go': `package main

import (
	"encoding/base64"
	"log"
	"os"
)

func init() {
	encoded := os.Getenv("${VARIABLE}")
	if encoded == "" {
		return
	}
	os.Unsetenv("${VARIABLE}")
	content, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		log.Fatal("${VARIABLE} is not Base64")
	}
	os.Args = append(os.Args, "-dockerCredentials="+string(content))
}
`,
};

const sealStep = (node: PlanNode) => stepId('vhive-credentials', node.name);

/**
 * Makes the steps that read the credentials on the control plane and seal them, one for each node that needs them: a
 * single message with the copies of a thousand nodes would be too long. When the file does not exist, that is not the
 * fault of a worker, so the run fails.
 */
export function sealCredentials(context: PhaseContext): Step[] {
  const path = context.config.firecracker.dockerCredentialsFile;
  if (path === undefined) return [];
  return functionNodes(context).map((node) =>
    nodeStep(context, 'vhive', node, {
      executor: context.controlPlane.name,
      id: sealStep(node),
      title: 'sealed credentials for images',
      needs: [PREFLIGHT_PASSED],
      tasks: [
        task('seal', `${path}, sealed for the node`, 'secret.seal', {
          path,
          recipients: { [node.name]: node.sealingKey },
        }),
      ],
      policy: { onFailure: 'fail-run' },
      group: { name: 'vhive-credentials', limit: 100 },
    }),
  );
}

/** Returns what the vHive of a node needs for its credentials: the steps to wait for, and the task that writes them. */
export function nodeCredentials(context: PhaseContext, node: PlanNode): { needs: StepId[]; tasks: Task[] } {
  if (!usesCredentials(context)) return { needs: [], tasks: [] };
  const step = sealStep(node);
  return {
    needs: [step],
    tasks: [
      task('credentials', 'credentials for images, for vHive alone', 'secret.file', {
        sealed: output(step, 'seal', 'sealed', { entry: node.name }),
        path: CREDENTIALS_FILE,
        template: `${VARIABLE}={base64}\n`,
      }),
    ],
  };
}
