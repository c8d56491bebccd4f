import { output, type Step, type Task } from '@vhive/shared';
import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { functionNodes, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';

/** The environment of vhive.service with the credentials; only root reads it. */
export const CREDENTIALS_FILE = '/etc/vhive-cri/credentials.env';

/** The variable in it: Base64, so that no quote and no line break of the JSON means anything to systemd. */
const VARIABLE = 'VHIVE_DOCKER_CREDENTIALS';

/**
 * vHive takes credentials as a flag, which every user of the node could read. This file of package main, compiled in
 * beside vHive's own, takes them from the environment instead, before vHive reads its flags, and removes them there so
 * that no program vHive starts inherits them. Go reads arguments from its own copy: the kernel's list stays as it was.
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

/** Whether vHive is given credentials for images. */
export const usesCredentials = ({ config }: PhaseContext) => config.firecracker.dockerCredentialsFile !== undefined;

/**
 * The steps that read the credentials on the control plane and seal them, one for each node that needs them: a single
 * message with the copies of a thousand nodes would be too long. A file that is not there is no worker's fault.
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

/** What a node's vHive needs for its credentials: steps to wait for, and the task that writes them. */
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
