import { output, type Step, type Task } from '@vhive/shared';
import { functionNodes, type PhaseContext, type PlanNode } from './context.ts';
import { PREFLIGHT_PASSED } from './preflight.ts';
import { nodeStep, stepId } from './step.ts';
import { task } from './task.ts';

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

const sealStep = (context: PhaseContext) => stepId('vhive-credentials', context.controlPlane.name);

/** Whether vHive is given credentials for images. */
export const usesCredentials = ({ config }: PhaseContext) => config.firecracker.dockerCredentialsFile !== undefined;

/** The step that reads the credentials on the control plane and seals them for each node that needs them. */
export function sealCredentials(context: PhaseContext): Step[] {
  const path = context.config.firecracker.dockerCredentialsFile;
  if (path === undefined) return [];
  const recipients = Object.fromEntries(functionNodes(context).map(({ name, sealingKey }) => [name, sealingKey]));
  return [
    nodeStep(context, 'vhive', context.controlPlane, {
      idPrefix: 'vhive-credentials',
      title: 'credentials for images',
      needs: [PREFLIGHT_PASSED],
      tasks: [
        task('seal', `${path}, sealed for ${functionNodes(context).length} nodes`, 'secret.seal', { path, recipients }),
      ],
    }),
  ];
}

/** What a node's vHive needs for its credentials: steps to wait for, and the task that writes them. */
export function nodeCredentials(context: PhaseContext, node: PlanNode): { needs: string[]; tasks: Task[] } {
  if (!usesCredentials(context)) return { needs: [], tasks: [] };
  const step = sealStep(context);
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
